// Models that the browser keeps: listed, deleted, without room, and in the places that browsers have.
import { readFileSync } from 'node:fs';
import type { BrowserContext, Page } from '@playwright/test';
import { kModel } from '../lib/assets.mjs';
import { someBytes } from '../lib/changing_file.mjs';
import { openApi } from './fixtures.js';
import {
  download,
  expect,
  expectResumed,
  kSize_bytes,
  kSoon,
  listed,
  ranges,
  start,
  test,
} from './shop.js';

// Takes browsers' features away from the package's workers, too.
async function without(page: Page, code: string): Promise<void> {
  await page.addInitScript(code);
  await page.route('**/worker.js', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${code};${await response.text()}` });
  });
}

const kNoOpfs = 'delete StorageManager.prototype.getDirectory';
const kNoCaches = 'Object.defineProperty(globalThis, "caches", { value: undefined })';

// Limits what this site may store.
async function limit(context: BrowserContext, page: Page, origin: string, quotaSize: number) {
  const session = await context.newCDPSession(page);
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize });
  return { lift: () => session.send('Storage.overrideQuotaForOrigin', { origin }) };
}

test.describe('what is kept', () => {
  test('is listed and deleted, by name and by address', async ({ shop: { page, server } }) => {
    await download(page, 'tiny.en');
    await download(page, '/file');
    const all = await page.evaluate(() => window.sotto.listModels());
    const known = all.map(({ name, isComplete }) => `${name} ${isComplete}`).sort();
    expect(known).toEqual(['silero-vad true', 'tiny.en true', 'undefined true']);
    const tiny = all.find(({ name }) => name === 'tiny.en');
    expect(tiny?.sizeBytes).toBe(readFileSync(kModel).length);
    expect(tiny?.url).toBe(`${server.url}/page/lib/models/tiny.en-q8.sotto`);
    const deleted = await page.evaluate(async () => {
      const one = (model: string | URL) => window.sotto.deleteModel(model);
      const file = new URL('/file', location.href);
      return [await one('tiny.en'), await one(file), await one('tiny.en'), await one('/none')];
    });
    expect(deleted).toEqual([true, true, false, false]);
    expect(await listed(page)).toEqual([]);
  });

  test('is not deleted while it comes', async ({ shop: { file, page } }) => {
    file.pause_ms = 100;
    const coming = download(page, '/file');
    // What was sent may not have arrived, and before it has there is nothing to delete.
    await expect.poll(async () => (await listed(page)).length, kSoon).toBe(1);
    const failure = await page.evaluate(() =>
      window.sotto.deleteModel('/file').catch(({ name }) => name),
    );
    expect(failure).toBe('BusyError');
    expect((await coming).error).toBeNull();
  });

  test('has no room: a named error, and work goes on without', async ({ shop, context }) => {
    const { page, server } = shop;
    const quota = await limit(context, page, server.url, 2 << 20);
    const { error, message } = await download(page, '/file');
    expect(error).toBe('StorageError QuotaExceeded');
    expect(message).toMatch(/expected .*room .*storage; (it is full|the browser gives it)/);
    expect(await listed(page)).toEqual([]);
    await start(page, { model: 'tiny.en' });
    expect(await listed(page)).toEqual([]);
    await quota.lift();
    expect((await download(page, '/file')).error).toBeNull();
  });
});

test.describe('other places', () => {
  test('the Cache API: resumed, kept, listed, deleted', async ({
    shop: { file, page, server },
  }) => {
    await without(page, kNoOpfs);
    await openApi(page, `${server.url}/page/`);
    file.bytes = someBytes(3 * kSize_bytes);
    file.cuts = [2 * kSize_bytes];
    file.pause_ms = 5;
    const { sha256 } = file;
    expect((await download(page, { url: '/file', sha256 })).error).toBeNull();
    expectResumed(file);
    expect(await listed(page)).toMatchObject([{ isComplete: true, sizeBytes: 3 * kSize_bytes }]);
    await start(page, { model: 'tiny.en' });
    expect(await listed(page)).toHaveLength(2);
    // A page that is left in the middle.
    file.pause_ms = 100;
    expect(await page.evaluate(() => window.sotto.deleteModel('/file'))).toBe(true);
    file.asked = [];
    const left = download(page, { url: '/file', sha256 }).catch(() => {});
    await expect.poll(() => file.sentBytes, kSoon).toBeGreaterThan(2 * kSize_bytes);
    await page.reload();
    await left;
    await page.waitForFunction(() => 'sotto' in window);
    expect((await download(page, { url: '/file', sha256 })).error).toBeNull();
    expect(ranges(file)[1]).toMatch(/^bytes=[1-9]\d*-$/);
    const before = server.requests.length;
    await start(page, { model: 'tiny.en' });
    expect(server.requests.slice(before).filter((path) => path.includes('models'))).toEqual([]);
  });

  test('memory alone: it works, and keeps nothing', async ({ shop: { page, server } }) => {
    await without(page, `${kNoOpfs};${kNoCaches}`);
    await openApi(page, `${server.url}/page/`);
    await start(page, { model: 'tiny.en' });
    expect((await download(page, '/file')).error).toBe('StorageError Storage');
    expect(await listed(page)).toEqual([]);
  });
});

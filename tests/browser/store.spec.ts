// Models that the browser keeps: downloads that break, are damaged, change or meet each other, and
// starts from what is there.
import { readFileSync } from 'node:fs';
import type { BrowserContext, Page } from '@playwright/test';
import { kJfkText, kModel, kModels, kSamples } from '../lib/assets.mjs';
import { ChangingFile, someBytes } from '../lib/changing_file.mjs';
import type { TestServer } from '../lib/server.mjs';
import { serve } from '../lib/server.mjs';
import { test as base, expect, openApi, pageAt } from './fixtures.js';

const kSize_bytes = 3 << 20;
const kCut_bytes = 1 << 20;

// Looks often enough to see a download while it comes.
const kSoon = { intervals: [30] };

interface Shop {
  file: ChangingFile;
  server: TestServer;
  page: Page;
}

// A page, and a file beside it that is not a model: to download asks for no more than bytes.
const test = base.extend<{ shop: Shop }>({
  shop: async ({ page }, use) => {
    const file = new ChangingFile(someBytes(kSize_bytes));
    const server = await serve([
      { prefix: '/file', handle: file.handle },
      { prefix: '/page/lib/models/', dir: kModels },
      { prefix: '/samples/', dir: kSamples },
      ...pageAt('/page/'),
    ]);
    await openApi(page, `${server.url}/page/`);
    await use({ file, server, page });
    await server.close();
  },
});

interface Outcome {
  error: string | null;
  message: string;
  progress: number[];
}

// Downloads, and tells how that went.
function download(page: Page, model: string | object): Promise<Outcome> {
  return page.evaluate(async (model) => {
    const progress: number[] = [];
    const onProgress = (event: { loadedBytes: number }) => void progress.push(event.loadedBytes);
    try {
      await window.sotto.downloadModel(model as string, { onProgress });
      return { error: null, message: '', progress };
    } catch (thrown) {
      const { name, code, message } = thrown as Error & { code: string };
      return { error: `${name} ${code}`, message, progress };
    }
  }, model);
}

// What is kept, without voice activity's weights.
async function listed(page: Page) {
  const all = await page.evaluate(() => window.sotto.listModels());
  return all.filter(({ name }) => name !== 'silero-vad');
}

// SHA-256 of the last bytes of the only kept file, read past the package.
function digestOfKept(page: Page, sizeBytes: number): Promise<string> {
  return page.evaluate(async (sizeBytes) => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('sotto-models');
    for await (const [name, handle] of folder.entries()) {
      if (handle.kind !== 'file' || !name.endsWith('.model')) continue;
      const file = await (handle as FileSystemFileHandle).getFile();
      if (file.size < sizeBytes) continue;
      const bytes = await file.slice(file.size - sizeBytes).arrayBuffer();
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
      return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
    }
    return 'none';
  }, sizeBytes);
}

// Each answer went on where the one before it broke; of that, a busy browser may have dropped a little.
function expectResumed({ asked, bytes }: ChangingFile): void {
  let sent = asked[0]?.sentBytes ?? 0;
  for (const { range, status, sentBytes } of asked.slice(1)) {
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1]);
    expect(status).toBe(206);
    expect(from).toBeGreaterThan(0);
    expect(from).toBeLessThanOrEqual(sent);
    sent = from + sentBytes;
  }
  expect(sent).toBe(bytes.length);
}

const ranges = ({ asked }: ChangingFile) => asked.map(({ range }) => range);

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

test.describe('downloads', () => {
  test('one that breaks is taken up where it broke', async ({ shop: { file, page } }) => {
    file.cuts = [kCut_bytes, kCut_bytes];
    const { error, progress } = await download(page, { url: '/file', sha256: file.sha256 });
    expect(error).toBeNull();
    expectResumed(file);
    expect(file.asked).toHaveLength(3);
    expect(file.asked[1]?.ifRange).toBe('"1"');
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(progress.at(-1)).toBe(kSize_bytes);
    expect(await digestOfKept(page, kSize_bytes)).toBe(file.sha256);
    // What is whole is not asked for again.
    expect((await download(page, { url: '/file', sha256: file.sha256 })).error).toBeNull();
    expect(file.asked).toHaveLength(3);
  });

  test('one that was left is taken up at another visit', async ({ shop: { file, page } }) => {
    file.pause_ms = 200;
    const left = download(page, '/file').catch(() => 'the page is gone');
    await expect.poll(() => file.sentBytes, kSoon).toBeGreaterThan(0);
    await page.reload();
    await left;
    await page.waitForFunction(() => 'sotto' in window);
    const [part] = await listed(page);
    expect(part).toMatchObject({ isComplete: false, totalBytes: kSize_bytes });
    expect(part?.sizeBytes).toBeGreaterThan(0);
    file.pause_ms = 0;
    expect((await download(page, '/file')).error).toBeNull();
    expect(ranges(file)[1]).toBe(`bytes=${part?.sizeBytes}-`);
    expect(file.asked[1]?.sentBytes).toBe(kSize_bytes - (part?.sizeBytes ?? 0));
    expect(await digestOfKept(page, kSize_bytes)).toBe(file.sha256);
  });

  test('one that is aborted keeps what came', async ({ shop: { file, page } }) => {
    file.pause_ms = 50;
    const name = await page.evaluate(async () => {
      const controller = new AbortController();
      const onProgress = ({ loadedBytes }: { loadedBytes: number }) => {
        if (loadedBytes > 0) controller.abort();
      };
      const { signal } = controller;
      return window.sotto
        .downloadModel('/file', { onProgress, signal })
        .then(String, ({ name }) => name);
    });
    expect(name).toBe('AbortError');
    expect((await listed(page))[0]?.sizeBytes).toBeGreaterThan(0);
    file.pause_ms = 0;
    expect((await download(page, '/file')).error).toBeNull();
    expect(await digestOfKept(page, kSize_bytes)).toBe(file.sha256);
  });

  test('damaged bytes are refused, and fetched anew next time', async ({
    shop: { file, page },
  }) => {
    const good = file.bytes;
    const { sha256 } = file;
    file.bytes = good.map((byte, index) => (index === 1e6 ? byte ^ 1 : byte));
    const { error, message } = await download(page, { url: '/file', sha256 });
    expect(error).toBe('ModelChecksumError ChecksumMismatch');
    expect(message).toContain(`expected ${sha256}; got ${file.sha256}`);
    expect(await listed(page)).toEqual([]);
    file.bytes = good;
    expect((await download(page, { url: '/file', sha256 })).error).toBeNull();
    expect(ranges(file)).toEqual([undefined, undefined]);
  });

  for (const hasIfRange of [true, false]) {
    const server = hasIfRange ? 'that knows If-Range' : 'that does not know If-Range';
    test(`a file that changes between parts, on a server ${server}`, async ({ shop }) => {
      const { file, page } = shop;
      file.hasIfRange = hasIfRange;
      file.cuts = [kCut_bytes];
      file.pause_ms = 20;
      const coming = download(page, '/file');
      await expect.poll(() => file.asked.length > 0 && file.cuts.length === 0).toBe(true);
      file.bytes = someBytes(kSize_bytes, 2);
      file.etag = '"2"';
      expect((await coming).error).toBeNull();
      expect(await digestOfKept(page, kSize_bytes)).toBe(file.sha256);
      expect(file.asked.map(({ status }) => status)).toEqual(
        hasIfRange ? [200, 200] : [200, 206, 200],
      );
    });
  }

  test('a server without ranges begins anew', async ({ shop: { file, page } }) => {
    file.hasRanges = false;
    file.cuts = [kCut_bytes];
    expect((await download(page, '/file')).error).toBeNull();
    expect(file.asked.map(({ sentBytes }) => sentBytes)).toEqual([kCut_bytes, kSize_bytes]);
    expect(await digestOfKept(page, kSize_bytes)).toBe(file.sha256);
  });

  test('parts of two files, by a server that names neither', async ({ shop: { file, page } }) => {
    const { sha256, bytes } = file;
    file.bytes = someBytes(kSize_bytes, 2);
    file.cuts = [kCut_bytes];
    file.pause_ms = 20;
    const coming = download(page, { url: '/file', sha256 });
    await expect.poll(() => file.asked.length > 0 && file.cuts.length === 0).toBe(true);
    file.bytes = bytes;
    expect((await coming).error).toBeNull();
    expect(file.asked.map(({ status }) => status)).toEqual([200, 206, 200]);
    expect(await digestOfKept(page, kSize_bytes)).toBe(sha256);
  });

  test('another origin that does not show what its parts are', async ({ shop: { page } }) => {
    const file = new ChangingFile(someBytes(kSize_bytes));
    file.headers = { 'access-control-allow-origin': '*' };
    file.cuts = [kCut_bytes];
    const server = await serve([{ prefix: '/', handle: file.handle }]);
    const url = `${server.url}/file`;
    expect((await download(page, { url, sha256: file.sha256 })).error).toBeNull();
    expect(file.asked.at(-1)?.sentBytes).toBe(kSize_bytes);
    file.headers['access-control-expose-headers'] = 'content-range, etag';
    file.cuts = [kCut_bytes];
    expect(await page.evaluate((url) => window.sotto.deleteModel(url), url)).toBe(true);
    expect((await download(page, { url, sha256: file.sha256 })).error).toBeNull();
    expect(file.asked.at(-1)?.status).toBe(206);
    expect(file.asked.every(({ method, ifRange }) => method === 'GET' && !ifRange)).toBe(true);
    await server.close();
  });

  test('two tabs at once: one download', async ({ shop: { file, page, server }, context }) => {
    const other = await context.newPage();
    await openApi(other, `${server.url}/page/`);
    file.pause_ms = 100;
    const outcomes = await Promise.all([download(page, '/file'), download(other, '/file')]);
    expect(outcomes.map(({ error }) => error)).toEqual([null, null]);
    // Both saw it come.
    for (const { progress } of outcomes) expect(progress.length).toBeGreaterThan(1);
    expect(file.asked).toHaveLength(1);
    expect(await listed(other)).toHaveLength(1);
  });

  test('a tab that is closed leaves its download to the next', async ({ shop, context }) => {
    const { file, page, server } = shop;
    const other = await context.newPage();
    await openApi(other, `${server.url}/page/`);
    file.pause_ms = 50;
    void download(other, '/file').catch(() => {});
    await expect.poll(() => file.sentBytes, kSoon).toBeGreaterThan(kCut_bytes);
    const coming = download(page, '/file');
    await other.close();
    expect((await coming).error).toBeNull();
    expect(ranges(file)[1]).toMatch(/^bytes=[1-9]\d*-$/);
    expect(await digestOfKept(page, kSize_bytes)).toBe(file.sha256);
  });
});

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
    await expect.poll(() => file.sentBytes, kSoon).toBeGreaterThan(0);
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

// Limits what this site may store.
async function limit(context: BrowserContext, page: Page, origin: string, quotaSize: number) {
  const session = await context.newCDPSession(page);
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize });
  return { lift: () => session.send('Storage.overrideQuotaForOrigin', { origin }) };
}

function textOf(page: Page, options: object): Promise<string> {
  return page.evaluate(async (options) => {
    const transcriber = await window.sotto.createTranscriber(options);
    const { text } = await transcriber.transcribe('/samples/jfk.wav');
    transcriber.close();
    return text;
  }, options);
}

// Milliseconds that it takes to make a transcriber.
function start(page: Page, options: object): Promise<number> {
  return page.evaluate(async (options) => {
    const start_ms = performance.now();
    const transcriber = await window.sotto.createTranscriber(options);
    const took_ms = Math.round(performance.now() - start_ms);
    transcriber.close();
    return took_ms;
  }, options);
}

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

test.describe('starts', () => {
  test('from what is kept, with its server gone', async ({ shop: { page } }) => {
    const headers = { 'access-control-allow-origin': '*' };
    const far = await serve([{ prefix: '/', dir: kModels, headers }]);
    const options = { model: 'tiny.en', modelBaseUrl: far.url };
    await start(page, options);
    await far.close();
    expect(await textOf(page, options)).toMatch(kJfkText);
    const times = [];
    for (let i = 0; i < 3; i++) times.push(await start(page, options));
    // The promise is 500 ms on a machine that has nothing else to do; tests may have neighbours.
    expect(Math.min(...times)).toBeLessThan(1000);
    test.info().annotations.push({ type: 'start_ms', description: times.join(', ') });
  });

  test('fetch anew what is kept and damaged', async ({ shop: { page, server } }) => {
    await download(page, 'tiny.en');
    await page.evaluate(async () => {
      const root = await navigator.storage.getDirectory();
      const folder = await root.getDirectoryHandle('sotto-models');
      for await (const handle of folder.values()) {
        const file = handle as FileSystemFileHandle;
        const { size } = await file.getFile();
        const writing = await file.createWritable({ keepExistingData: true });
        await writing.write({ type: 'write', position: size - 5000, data: new Uint8Array(100) });
        await writing.close();
      }
    });
    const before = server.requests.length;
    await start(page, { model: 'tiny.en' });
    const asked = server.requests.slice(before).filter((path) => path.endsWith('.sotto'));
    expect(asked).toHaveLength(1);
    expect((await listed(page))[0]).toMatchObject({ name: 'tiny.en', isComplete: true });
  });

  test('know of a file that has changed, one start later', async ({ shop: { file, page } }) => {
    file.bytes = readFileSync(kModel);
    await start(page, { model: '/file' });
    file.etag = '"2"';
    // A transcriber that lives long enough to ask.
    await page.evaluate(() => window.sotto.createTranscriber({ model: '/file' }).then(() => {}));
    await expect.poll(() => listed(page)).toEqual([]);
    await start(page, { model: '/file' });
    expect(file.asked.map(({ method }) => method)).toEqual(['GET', 'HEAD', 'GET']);
  });

  test("keep nothing where 'cache' is 'none'", async ({ shop: { page, server } }) => {
    for (let i = 0; i < 2; i++) {
      await start(page, { model: 'tiny.en', cache: 'none' });
    }
    expect(server.requests.filter((path) => path.endsWith('.sotto'))).toHaveLength(2);
    expect(await page.evaluate(() => window.sotto.listModels())).toEqual([]);
    const refused = await page.evaluate(() =>
      window.sotto.createTranscriber({ cache: 'never' } as never).catch(({ message }) => message),
    );
    expect(refused).toContain("option 'cache': expected one of 'auto', 'none'; got 'never'");
  });
});

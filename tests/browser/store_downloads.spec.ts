// Downloads of models that break, are damaged, change or meet each other.
import { ChangingFile, someBytes } from '../lib/changing_file.mjs';
import { serve } from '../lib/server.mjs';
import { openApi } from './fixtures.js';
import {
  digestOfKept,
  download,
  expect,
  expectResumed,
  kCut_bytes,
  kSize_bytes,
  kSoon,
  listed,
  ranges,
  test,
} from './shop.js';

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

test('damaged bytes are refused, and fetched anew next time', async ({ shop: { file, page } }) => {
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

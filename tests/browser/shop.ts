// A page with a file beside it to download, and what tests of the models that a browser keeps ask of it.
import type { Page } from '@playwright/test';
import { kModels, kSamples } from '../lib/assets.mjs';
import { ChangingFile, someBytes } from '../lib/changing_file.mjs';
import type { TestServer } from '../lib/server.mjs';
import { serve } from '../lib/server.mjs';
import { test as base, expect, openApi, pageAt } from './fixtures.js';

export const kSize_bytes = 3 << 20;
export const kCut_bytes = 1 << 20;

// Looks often enough to see a download while it comes.
export const kSoon = { intervals: [30] };

interface Shop {
  file: ChangingFile;
  server: TestServer;
  page: Page;
}

// A page, and a file beside it that is not a model: to download asks for no more than bytes.
export const test = base.extend<{ shop: Shop }>({
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
export function download(page: Page, model: string | object): Promise<Outcome> {
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
export async function listed(page: Page) {
  const all = await page.evaluate(() => window.sotto.listModels());
  return all.filter(({ name }) => name !== 'silero-vad');
}

// SHA-256 of the last bytes of the only kept file, read past the package.
export function digestOfKept(page: Page, sizeBytes: number): Promise<string> {
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
export function expectResumed({ asked, bytes }: ChangingFile): void {
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

export const ranges = ({ asked }: ChangingFile) => asked.map(({ range }) => range);

// Milliseconds that it takes to make a transcriber.
export function start(page: Page, options: object): Promise<number> {
  return page.evaluate(async (options) => {
    const start_ms = performance.now();
    const transcriber = await window.sotto.createTranscriber(options);
    const took_ms = Math.round(performance.now() - start_ms);
    transcriber.close();
    return took_ms;
  }, options);
}

export { expect };

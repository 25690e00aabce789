// Cross-origin isolation by a service worker, on a server that does not send the headers.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { kDist, kJfkText, kModels, kSamples } from '../lib/assets.mjs';
import { kIsolation, serve } from '../lib/server.mjs';
import { expect, pageAt, test } from './fixtures.js';

const kAddress = '/page/isolated.html';

// The script lies where the page is: a service worker serves what is beside and below it.
function servePage({ hasScript = true, coep = '', headers = {} } = {}) {
  const script = hasScript ? readFileSync(path.join(kDist, 'isolation.js')) : undefined;
  const page = readFileSync(new URL('pages/isolated.html', import.meta.url), 'utf8');
  const html = page.replace('src="./isolation.js"', `$& data-coep="${coep}"`);
  return serve(
    [
      { prefix: '/models/', dir: kModels },
      { prefix: '/samples/', dir: kSamples },
      {
        prefix: '/page/isolation.js',
        handle: (_, response) => {
          response.writeHead(script ? 200 : 404, { 'content-type': 'text/javascript' });
          response.end(script);
        },
      },
      {
        prefix: kAddress,
        handle: (_, response) => {
          response.setHeader('content-type', 'text/html');
          response.end(html);
        },
      },
      ...pageAt('/page/'),
    ],
    { headers },
  );
}

const isIsolated = (page: Page) => page.evaluate(() => crossOriginIsolated);

const countOf = (requests: string[], address: string) =>
  requests.filter((one) => one.startsWith(address)).length;

for (const coep of ['', 'credentialless']) {
  test(`isolates the page and its workers, ${coep || 'as by default'}`, async ({ page }) => {
    const server = await servePage({ coep });
    await page.goto(server.url + kAddress);
    await page.waitForFunction(() => crossOriginIsolated && 'sotto' in window);
    const { text, info } = await page.evaluate(async () => {
      const options = { model: 'tiny.en', modelBaseUrl: '/models', threads: 2 };
      const transcriber = await window.sotto.createTranscriber(options);
      const { text } = await transcriber.transcribe('/samples/jfk.wav');
      const { info } = transcriber;
      transcriber.close();
      return { text, info };
    });
    expect(text).toMatch(kJfkText);
    expect(info).toMatchObject({ variant: 'relaxed-mt', threads: 2 });
    // Loaded once more, and then never again.
    expect(countOf(server.requests, kAddress)).toBe(2);
    await page.goto(server.url + kAddress);
    expect(await isIsolated(page)).toBe(true);
    expect(countOf(server.requests, kAddress)).toBe(3);
    const policy = await page.evaluate(async (address) => {
      const frame = document.createElement('iframe');
      frame.src = address;
      const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
      document.body.append(frame);
      await loaded;
      return frame.contentWindow?.crossOriginIsolated;
    }, kAddress);
    expect(policy).toBe(true);
    await server.close();
  });
}

test('does nothing where the server sends the headers', async ({ page }) => {
  const server = await servePage({ headers: kIsolation });
  await page.goto(server.url + kAddress);
  await page.waitForFunction(() => 'sotto' in window);
  expect(await isIsolated(page)).toBe(true);
  const count = await page.evaluate(
    async () => (await navigator.serviceWorker.getRegistrations()).length,
  );
  expect(count).toBe(0);
  await server.close();
});

test('a page that cannot have it works as it is', async ({ page }) => {
  const server = await servePage();
  // A browser that starts the service worker, and does not isolate the page by it.
  await page.addInitScript(() => {
    Object.defineProperty(window, 'crossOriginIsolated', { value: false });
  });
  await page.goto(server.url + kAddress);
  await expect.poll(() => countOf(server.requests, kAddress)).toBe(2);
  await page.waitForFunction(
    () => 'sotto' in window && navigator.serviceWorker.controller !== null,
  );
  await page.waitForTimeout(500);
  expect(countOf(server.requests, kAddress)).toBe(2);
  await server.close();
  const without = await servePage({ hasScript: false });
  await page.goto(without.url + kAddress);
  await page.waitForFunction(() => 'sotto' in window);
  expect(countOf(without.requests, kAddress)).toBe(1);
  await without.close();
});

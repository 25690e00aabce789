// The page of live captions without a network, after one visit; and what makes it one to install.
import type { Page } from '@playwright/test';
import { kLiveDemo, kModels } from '../lib/assets.mjs';
import { kIsolation, serve } from '../lib/server.mjs';
import { expect, test } from './fixtures.js';
import { microphoneLaunch } from './microphone.js';

test.use({
  launchOptions: microphoneLaunch(),
  permissions: ['microphone'],
});

const serveLive = (headers = {}) =>
  serve(
    [
      { prefix: '/live/models/', dir: kModels },
      { prefix: '/live/', dir: kLiveDemo },
    ],
    { headers },
  );

const isKept = (page: Page) => page.evaluate(async () => !!(await navigator.serviceWorker.ready));

async function hearWords(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Start' }).click();
  await expect(page.locator('#tentative')).not.toHaveText('', { timeout: 30_000 });
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByRole('button', { name: 'Start' })).toBeVisible({ timeout: 20_000 });
}

test('captions with the network cut, after one visit', async ({ page, context }) => {
  const server = await serveLive(kIsolation);
  const address = `${server.url}/live/`;
  await page.goto(address);
  await hearWords(page);
  expect(await isKept(page)).toBe(true);
  await server.close();
  await context.setOffline(true);
  const later = await context.newPage();
  await page.close();
  const complaints: string[] = [];
  later.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await later.goto(address);
  // The page comes with the headers that it had.
  expect(await later.evaluate(() => crossOriginIsolated)).toBe(true);
  await hearWords(later);
  await expect(later.locator('#engine')).toContainText('tiny.en · ');
  await later.reload();
  await expect(later.getByRole('heading', { level: 1 })).toBeVisible();
  expect(complaints).toEqual([]);
});

test('the page can be installed', async ({ page, context }) => {
  const server = await serveLive();
  await page.goto(`${server.url}/live/`);
  expect(await isKept(page)).toBe(true);
  const session = await context.newCDPSession(page);
  const { errors, url, data } = await session.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  expect(url).toBe(`${server.url}/live/manifest.webmanifest`);
  const { icons, start_url } = JSON.parse(data ?? '{}');
  expect(new URL(start_url, url).href).toBe(`${server.url}/live/`);
  for (const { src, sizes } of icons) {
    const size = await page.evaluate(async (address) => {
      const { width, height } = await createImageBitmap(await (await fetch(address)).blob());
      return `${width}x${height}`;
    }, new URL(src, url).href);
    expect(size, src).toBe(sizes);
  }
  // Tests run in private windows, which install nothing.
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  const reasons = installabilityErrors.map(({ errorId }) => errorId);
  expect(reasons.filter((reason) => reason !== 'in-incognito')).toEqual([]);
  await server.close();
});

// The demo pages under a policy as strict as the package's own, which allows besides what pages show:
// their styles, icons and manifest, and the recording that is played.
import type { Page } from '@playwright/test';
import { kBenchDemo, kDemo, kJfkText, kLiveDemo, kModels, kSamples } from '../lib/assets.mjs';
import { kStrictPolicy, serve, type TestServer } from '../lib/server.mjs';
import { test as base, expect, watch } from './fixtures.js';
import { microphoneLaunch } from './microphone.js';

const kShown = "style-src 'self'; manifest-src 'self'; media-src blob:";
const kHeaders = {
  'Content-Security-Policy': `${kStrictPolicy['Content-Security-Policy']}; ${kShown}`,
};

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

const test = base.extend<{ strict: TestServer }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what is needed
  strict: async ({}, use) => {
    const data = { '/models/': kModels, '/samples/': kSamples };
    const pages = { '/bench/': kBenchDemo, '/live/': kLiveDemo, '/': kDemo };
    const under = (prefix: string) =>
      Object.entries(data).map(([name, dir]) => ({ prefix: prefix + name.slice(1), dir }));
    const mounts = Object.entries(pages).flatMap(([prefix, dir]) => [
      ...under(prefix),
      { prefix, dir },
    ]);
    const server = await serve(mounts, { headers: kHeaders });
    await use(server);
    await server.close();
  },
});

test.use({ launchOptions: microphoneLaunch(), permissions: ['microphone'] });

/** Opens a page; what it complains of, and whether the policy is in force, is checked at the end. */
async function within(page: Page, url: string, use: () => Promise<void>): Promise<void> {
  const complaints = watch(page, [new URL(url).origin]);
  await page.goto(url);
  await use();
  expect(complaints).toEqual([]);
  page.removeAllListeners();
  const isAllowed = await page.evaluate(async () => {
    // Within the debugger's own call nothing is forbidden.
    await new Promise((resolve) => setTimeout(resolve));
    try {
      return new Function('return true')();
    } catch {
      return false;
    }
  });
  expect(isAllowed).toBe(false);
}

test('file: a recording becomes text, and is played', async ({ page, strict }) => {
  await within(page, `${strict.url}/`, async () => {
    await button(page, 'Try a sample').click();
    await expect(page.locator('#figures')).toBeVisible({ timeout: 45_000 });
    const said = await page.locator('#segments .segment span').allInnerTexts();
    expect(said.join(' ')).toMatch(kJfkText);
    await page.locator('#segments .segment').first().click();
    await expect(page.locator('#segments [aria-current]')).toBeVisible();
  });
});

test('live: captions, with the service worker that keeps the page', async ({ page, strict }) => {
  await within(page, `${strict.url}/live/`, async () => {
    await button(page, 'Start').click();
    await expect(page.locator('#phrases li').first()).toBeVisible({ timeout: 30_000 });
    await button(page, 'Stop').click();
    await expect(button(page, 'Start')).toBeVisible({ timeout: 20_000 });
    expect(await page.evaluate(async () => !!(await navigator.serviceWorker.ready))).toBe(true);
  });
});

test('bench: finds what the browser has, and begins', async ({ page, strict }) => {
  await within(page, `${strict.url}/bench/`, async () => {
    await button(page, 'Quick run').click();
    await expect(page.locator('main')).toContainText(/, run \d/, { timeout: 60_000 });
    await button(page, 'Cancel').click();
    await expect(button(page, 'Quick run')).toBeVisible({ timeout: 20_000 });
  });
});

// The page of live captions, used as people use it.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { kRoot } from '../lib/assets.mjs';
import { expect, test } from './fixtures.js';
import { microphoneLaunch } from './microphone.js';

test.use({ launchOptions: microphoneLaunch(), permissions: ['microphone'] });

const screenshot = (name: string) => ({
  path: path.join(kRoot, 'test-results/browser', `${name}.png`),
  fullPage: true,
});

const start = (page: Page) => page.getByRole('button', { name: 'Start' });
const stop = (page: Page) => page.getByRole('button', { name: 'Stop' });
const choice = (page: Page, name: string) => page.getByRole('combobox', { name });
const phrases = (page: Page) => page.locator('#phrases li');

async function contentOf(page: Page, format: string): Promise<string> {
  const coming = page.waitForEvent('download');
  await page.getByRole('button', { name: `Download as ${format}` }).click();
  const download = await coming;
  expect(download.suggestedFilename()).toBe(`captions.${format.toLowerCase()}`);
  return readFileSync(await download.path(), 'utf8');
}

const isTooWide = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

// What screen readers are told of: additions below elements that are live.
async function watchSpoken(page: Page): Promise<() => Promise<string>> {
  const spoken = await page.evaluateHandle(() => {
    const spoken: string[] = [];
    for (const region of document.querySelectorAll('[aria-live]')) {
      new MutationObserver((records) => {
        for (const { addedNodes } of records) {
          for (const node of addedNodes) spoken.push(node.textContent ?? '');
        }
      }).observe(region, { childList: true, subtree: true, characterData: true });
    }
    return spoken;
  });
  return async () => (await spoken.jsonValue()).join(' ');
}

test('start, read along, stop, keep it', async ({ watched: page, servers }) => {
  await page.goto(`${servers.plain}/live/`);
  await expect(choice(page, 'Model')).toContainText('40 MB');
  await page.screenshot(screenshot('live-start'));
  const spoken = await watchSpoken(page);
  await start(page).click();
  await expect(page.locator('#tentative')).not.toHaveText('', { timeout: 20_000 });
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  // Revisions of what is not confirmed are for the eye only.
  await expect(page.locator('#stage')).toHaveAttribute('aria-hidden', 'true');
  await expect(page.locator('#stage [aria-live]')).toHaveCount(0);
  await page.getByText('Diagnostics').click();
  await expect(page.locator('#figures')).toContainText('Lost blocks');
  await expect(phrases(page).first()).toContainText('And so', { timeout: 20_000 });
  await page.screenshot(screenshot('live-listening'));
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.locator('#doing')).toHaveText('Paused');
  await page.getByRole('button', { name: 'Resume' }).click();
  await stop(page).click();
  await expect(start(page)).toBeVisible();
  const shown = await phrases(page).locator('span').allInnerTexts();
  const text = shown.join(' ');
  expect((await contentOf(page, 'TXT')).trim().split('\n')).toEqual(shown);
  expect(await contentOf(page, 'SRT')).toMatch(/^1\n00:00:0\d,\d{3} --> 00:00:\d\d,\d{3}\nAnd so/);
  expect(await contentOf(page, 'VTT')).toMatch(/^WEBVTT\n/);
  const json = JSON.parse(await contentOf(page, 'JSON'));
  expect(json.text).toBe(text);
  expect(json.segments[0].words.length).toBeGreaterThan(2);
  for (const phrase of shown) expect(await spoken()).toContain(phrase);
  // The model was there when the words were: from then on, the page asked nobody for anything.
  expect(requests).toEqual([]);

  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  expect(await isTooWide(page)).toBe(false);
  await page.screenshot(screenshot('live-phone'));
});

test('the other model, its languages, and Stop while it loads', async ({ page, servers }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${servers.plain}/live/`);
  await expect(choice(page, 'Language')).toBeDisabled();
  await choice(page, 'Model').selectOption('base');
  await expect(choice(page, 'Language')).toBeEnabled();
  await choice(page, 'Language').selectOption({ label: 'German' });
  expect(await choice(page, 'Language').locator('option').count()).toBe(101);
  // A model that never comes.
  await page.route('**/base-q8.sotto', () => {});
  await start(page).click();
  await expect(page.getByRole('progressbar')).toBeVisible();
  expect(await isTooWide(page)).toBe(false);
  await page.screenshot(screenshot('live-phone-loading'));
  await stop(page).click();
  await expect(start(page)).toBeVisible();
  await expect(page.getByRole('progressbar')).toBeHidden();
  await expect(page.getByRole('alert')).toBeHidden();
  await choice(page, 'Model').selectOption('tiny.en');
  await start(page).click();
  await expect(page.locator('#tentative')).not.toHaveText('', { timeout: 20_000 });
});

test.describe('what goes wrong', () => {
  // What the server answers is changed between two visits, of which the second would not ask it.
  test.use({ serviceWorkers: 'block' });

  test('a microphone that is not allowed, and too little memory, are explained', async ({
    page,
    servers,
  }) => {
    await page.addInitScript(() => {
      navigator.mediaDevices.getUserMedia = async () => {
        throw new DOMException('Permission denied', 'NotAllowedError');
      };
    });
    await page.goto(`${servers.plain}/live/`);
    await start(page).click();
    const alert = page.getByRole('alert');
    await expect(alert).toContainText('The microphone was not allowed', { timeout: 20_000 });
    await expect(start(page)).toBeVisible();
    await page.screenshot(screenshot('live-problem'));
    // Engines say by a RangeError that memory for the module is not to be had.
    await page.route('**/assets/worker-*.js', async (route) => {
      const response = await route.fetch();
      const fail = 'WebAssembly.Instance = function () { throw new RangeError("no memory"); };';
      await route.fulfill({ response, body: fail + (await response.text()) });
    });
    await page.reload();
    await start(page).click();
    await expect(alert).toContainText('There is not enough memory', { timeout: 20_000 });
    await page.unroute('**/assets/worker-*.js');
  });
});

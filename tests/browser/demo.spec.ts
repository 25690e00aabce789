// The file demo, used as people use it.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { jfkSamples, kJfk, kJfkText, kRoot } from '../lib/assets.mjs';
import { makeFlac } from '../lib/wav.mjs';
import { expect, test } from './fixtures.js';

const screenshot = (name: string) => ({
  path: path.join(kRoot, 'test-results/browser', `${name}.png`),
  fullPage: true,
});

// The model comes first, and is verified.
const kModelTime = { timeout: 20_000 };

const transcript = (page: Page) => page.locator('#segments .segment span');

async function textOf(page: Page): Promise<string> {
  return (await transcript(page).allInnerTexts()).join(' ');
}

async function waitUntilDone(page: Page): Promise<void> {
  await expect(page.getByText('Real-time factor')).toBeVisible({ timeout: 45_000 });
}

// Takes the scalar build, so that what is shown at work can be seen before the work is done.
async function slowDown(page: Page): Promise<void> {
  await page.addInitScript(() => {
    WebAssembly.validate = () => false;
  });
}

// Notes what is shown while it is being decoded, which is there for a moment only.
async function watchPartial(page: Page): Promise<() => Promise<string[]>> {
  const texts = await page.evaluateHandle(() => {
    const texts: string[] = [];
    const element = document.querySelector('#partial');
    if (!element) throw new Error('no #partial');
    new MutationObserver(() => {
      if (element.textContent) texts.push(element.textContent);
    }).observe(element, { childList: true });
    return texts;
  });
  return () => texts.jsonValue();
}

async function contentOf(page: Page, format: string): Promise<{ name: string; text: string }> {
  const coming = page.waitForEvent('download');
  await page.getByRole('button', { name: `Download as ${format}` }).click();
  const download = await coming;
  return {
    name: download.suggestedFilename(),
    text: readFileSync(await download.path(), 'utf8'),
  };
}

test('a chosen file becomes text, and files to keep', async ({ watched: page, servers }) => {
  await slowDown(page);
  await page.goto(servers.plain);
  await page.screenshot(screenshot('demo-start'));
  const partialTexts = await watchPartial(page);
  await page.getByLabel('Choose a file').setInputFiles(kJfk);
  const bar = page.getByRole('progressbar');
  await expect(bar).toBeVisible();
  await expect(page.locator('#progress-label')).toHaveText('Transcribing', kModelTime);
  await page.screenshot(screenshot('demo-working'));
  await waitUntilDone(page);
  expect(await textOf(page)).toMatch(kJfkText);
  const partial = await partialTexts();
  expect(partial.length).toBeGreaterThan(0);
  expect(await textOf(page)).toContain(partial[0]);
  await expect(bar).toBeHidden();
  await expect(page.locator('#figures')).toContainText('11.0 s');
  await expect(page.locator('#engine')).toHaveText('tiny.en · scalar');
  await expect(page.locator('#announcer')).toHaveText(/^Done: \d segments? in/);
  await page.screenshot(screenshot('demo-done'));

  const txt = await contentOf(page, 'TXT');
  expect(txt.name).toBe('jfk.txt');
  expect(txt.text.replaceAll('\n', ' ').trim()).toMatch(kJfkText);
  const srt = await contentOf(page, 'SRT');
  expect(srt.name).toBe('jfk.srt');
  expect(srt.text).toMatch(/^1\n00:00:00,000 --> 00:00:\d\d,\d{3}\nAnd so/);
  const vtt = await contentOf(page, 'VTT');
  expect(vtt.name).toBe('jfk.vtt');
  expect(vtt.text).toMatch(/^WEBVTT\n\n00:00:00\.000 --> 00:00:\d\d\.\d{3}\nAnd so/);
  const tsv = await contentOf(page, 'TSV');
  expect(tsv.name).toBe('jfk.tsv');
  expect(tsv.text).toMatch(/^start\tend\ttext\n0\t\d+\tAnd so/);
  const lrc = await contentOf(page, 'LRC');
  expect(lrc.name).toBe('jfk.lrc');
  expect(lrc.text).toMatch(/\[00:00\.00\] ?And so/);
  const json = await contentOf(page, 'JSON');
  expect(json.name).toBe('jfk.json');
  const parsed = JSON.parse(json.text);
  expect(parsed.text).toMatch(kJfkText);
  expect(parsed.segments).toHaveLength(await transcript(page).count());
  expect(parsed.timings.total_ms).toBeGreaterThan(0);
});

test('a click on a phrase plays it and marks it', async ({ watched: page, servers }) => {
  await page.goto(servers.plain);
  await page.getByRole('button', { name: 'Try a sample' }).click();
  await waitUntilDone(page);
  const last = page.locator('#segments .segment').last();
  await last.click();
  await expect(last).toHaveAttribute('aria-current', 'true');
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
  const slider = page.getByRole('slider', { name: 'Position in the recording' });
  const start = Number(await slider.inputValue());
  await expect.poll(async () => Number(await slider.inputValue())).toBeGreaterThan(start);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByRole('button', { name: 'Play' })).toBeVisible();
});

test('a dropped file that is not WAV', async ({ watched: page, servers }) => {
  await page.goto(servers.plain);
  const bytes = [...makeFlac(jfkSamples())];
  const data = await page.evaluateHandle((bytes) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(bytes)], 'speech.flac', { type: 'audio/flac' }));
    return data;
  }, bytes);
  await page.dispatchEvent('body', 'dragenter', { dataTransfer: data });
  await expect(page.locator('#drop')).toHaveClass(/is-over/);
  await page.dispatchEvent('body', 'drop', { dataTransfer: data });
  await expect(page.locator('#file-name')).toHaveText('speech.flac');
  await waitUntilDone(page);
  expect(await textOf(page)).toMatch(kJfkText);
});

test('Cancel stops the work, and another file can be chosen', async ({
  watched: page,
  servers,
}) => {
  await slowDown(page);
  await page.goto(servers.plain);
  await page.getByRole('button', { name: 'Try a sample' }).click();
  await expect(page.locator('#progress-label')).toHaveText('Transcribing', kModelTime);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.locator('#work')).toBeHidden();
  await page.getByLabel('Choose a file').setInputFiles(kJfk);
  await waitUntilDone(page);
  expect(await textOf(page)).toMatch(kJfkText);
});

test('a file that is no audio is explained, and the next one works', async ({ page, servers }) => {
  await page.goto(servers.plain);
  const buffer = Buffer.alloc(5000, 7);
  const file = { name: 'holiday.mp3', mimeType: 'audio/mpeg', buffer };
  await page.getByLabel('Choose a file').setInputFiles(file);
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('This file cannot be read as audio', kModelTime);
  await page.screenshot(screenshot('demo-problem'));
  await page.getByRole('button', { name: 'Another file' }).click();
  await expect(alert).toBeHidden();
  await page.getByLabel('Choose a file').setInputFiles(kJfk);
  await waitUntilDone(page);
  expect(await textOf(page)).toMatch(kJfkText);
});

test('a model that is missing is explained', async ({ page, servers }) => {
  await page.route('**/models/**', (route) => route.fulfill({ status: 404 }));
  await page.goto(servers.plain);
  await page.getByLabel('Choose a file').setInputFiles(kJfk);
  await expect(page.getByRole('alert')).toContainText('was not found');
});

test('everything by keyboard, in the dark, on a phone', async ({ browser, servers }) => {
  const context = await browser.newContext({
    viewport: { width: 360, height: 740 },
    colorScheme: 'dark',
    reducedMotion: 'reduce',
    hasTouch: true,
  });
  const page = await context.newPage();
  await page.goto(servers.plain);
  const isTooWide = () =>
    page.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    );
  expect(await isTooWide()).toBe(false);
  await page.screenshot(screenshot('demo-phone-start'));
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the transcript' })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByLabel('Choose a file')).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Try a sample' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await waitUntilDone(page);
  await expect(page.getByRole('button', { name: 'Another file' })).toBeFocused();
  expect(await isTooWide()).toBe(false);
  await page.screenshot(screenshot('demo-phone-done'));
  const phrase = page.locator('#segments .segment').first();
  for (let i = 0; i < 20; i++) {
    if (await phrase.evaluate((element) => element === document.activeElement)) break;
    await page.keyboard.press('Tab');
  }
  await expect(phrase).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(phrase).toHaveAttribute('aria-current', 'true');
  await context.close();
});

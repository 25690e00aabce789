// Every demo page in the states that it has, as axe-core judges them; by keyboard alone; and standing
// still for those who want that.
import type { Locator, Page } from '@playwright/test';
import { kJfkText } from '../lib/assets.mjs';
import { expectAccessible } from './axe.js';
import { expect, test } from './fixtures.js';
import { microphoneLaunch } from './microphone.js';

test.use({ launchOptions: microphoneLaunch(), permissions: ['microphone'] });

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

// No page has more places than that.
const kMaxStops = 40;

/** Goes to an element by Tab alone; every place on the way must be seen. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let i = 0; i < kMaxStops; i++) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const element = document.activeElement ?? document.body;
      // A hidden input is seen by its label, which stands behind it.
      const isHidden = element.classList.contains('visually-hidden');
      const seen = (isHidden && element.nextElementSibling) || element;
      const { width, height } = seen.getBoundingClientRect();
      const { outlineStyle } = getComputedStyle(seen);
      const what = element.outerHTML.slice(0, 80);
      return { what, isSeen: width > 8 && height > 8 && outlineStyle !== 'none' };
    });
    if (stop.what.startsWith('<body')) continue;
    expect(stop).toMatchObject({ isSeen: true });
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`expected ${target} within ${kMaxStops} stops of Tab`);
}

async function pressOn(page: Page, target: Locator, key: 'Enter' | 'Space'): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press(key);
}

// A model that does not come.
const stall = (page: Page) => page.route('**/models/**', () => {});

test.describe('axe', () => {
  // What the server answers is changed between two visits, of which the second would not ask it.
  test.use({ serviceWorkers: 'block' });

  test('file: empty, at work, with a transcript, with a problem', async ({ page, servers }) => {
    await page.goto(servers.plain);
    await expectAccessible(page, 'empty');
    await stall(page);
    await button(page, 'Try a sample').click();
    await expect(page.getByRole('progressbar')).toBeVisible();
    await expectAccessible(page, 'at work');
    await page.unrouteAll();
    await page.reload();
    await button(page, 'Try a sample').click();
    await expect(page.locator('#figures')).toBeVisible({ timeout: 45_000 });
    await page.locator('#segments .segment').first().click();
    await expect(page.locator('#segments [aria-current]')).toBeVisible();
    await expectAccessible(page, 'with a transcript');
    await page.goto(servers.plain);
    const buffer = Buffer.alloc(5000, 7);
    const file = { name: 'holiday.mp3', mimeType: 'audio/mpeg', buffer };
    await page.getByLabel('Choose a file').setInputFiles(file);
    await expect(page.getByRole('alert')).toBeVisible({ timeout: 20_000 });
    await page.getByText('Details').click();
    await expectAccessible(page, 'with a problem');
  });

  test('live: empty, loading, listening, paused, with a problem', async ({ page, servers }) => {
    await page.goto(`${servers.plain}/live/`);
    await expectAccessible(page, 'empty');
    await stall(page);
    await button(page, 'Start').click();
    await expect(page.getByRole('progressbar')).toBeVisible();
    await expectAccessible(page, 'loading');
    await page.unrouteAll();
    await page.reload();
    await button(page, 'Start').click();
    await page.getByText('Diagnostics').click({ timeout: 20_000 });
    await expect(page.locator('#phrases li').first()).toBeVisible({ timeout: 20_000 });
    await expect(page.locator('#figures')).toContainText('Lost blocks');
    await expectAccessible(page, 'listening, diagnostics open');
    await button(page, 'Pause').click();
    await expectAccessible(page, 'paused');
    await button(page, 'Stop').click();
    await expect(button(page, 'Start')).toBeVisible();
    await expectAccessible(page, 'stopped');
    await page.route('**/models/**', (route) => route.fulfill({ status: 404 }));
    await page.goto(`${servers.plain}/live/`);
    await page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = async () => {
        throw new DOMException('Permission denied', 'NotAllowedError');
      };
    });
    await button(page, 'Start').click();
    await expect(page.getByRole('alert')).toBeVisible({ timeout: 20_000 });
    await page.getByText('Details').click();
    await expectAccessible(page, 'with a problem');
  });

  // Its results are judged in bench.spec.ts, which waits for them anyway.
  test('bench: empty, at work, with a problem', async ({ page, servers }) => {
    await page.goto(`${servers.plain}/bench/`);
    await expect(button(page, 'Quick run')).toBeEnabled();
    await expectAccessible(page, 'empty');
    await stall(page);
    await button(page, 'Quick run').click();
    await expect(page.getByRole('progressbar')).toBeVisible();
    await expectAccessible(page, 'at work');
    await page.unrouteAll();
    await page.route('**/models/**', (route) => route.fulfill({ status: 404 }));
    await page.reload();
    await button(page, 'Quick run').click();
    await expect(page.getByRole('alert')).toBeVisible({ timeout: 20_000 });
    await expectAccessible(page, 'with a problem');
  });
});

test.describe('by keyboard alone', () => {
  test('file: a transcript, its playing, and back', async ({ watched: page, servers }) => {
    await page.goto(servers.plain);
    await pressOn(page, button(page, 'Try a sample'), 'Space');
    await expect(button(page, 'Another file')).toBeFocused({ timeout: 45_000 });
    const phrases = page.locator('#segments .segment');
    expect((await phrases.locator('span').allInnerTexts()).join(' ')).toMatch(kJfkText);
    await pressOn(page, phrases.first(), 'Enter');
    await expect(phrases.first()).toHaveAttribute('aria-current', 'true');
    await pressOn(page, button(page, 'Another file'), 'Enter');
    await expect(page.getByLabel('Choose a file')).toBeFocused();
    const choosing = page.waitForEvent('filechooser');
    await page.keyboard.press('Space');
    await choosing;
  });

  test('live: captions start, pause and stop', async ({ watched: page, servers }) => {
    await page.goto(`${servers.plain}/live/`);
    await pressOn(page, button(page, 'Start'), 'Enter');
    await expect(page.locator('#tentative')).not.toHaveText('', { timeout: 20_000 });
    await expect(button(page, 'Stop')).toBeFocused();
    await pressOn(page, button(page, 'Pause'), 'Space');
    await expect(page.locator('#doing')).toHaveText('Paused');
    await expect(button(page, 'Resume')).toBeFocused();
    await pressOn(page, page.locator('summary', { hasText: 'Diagnostics' }), 'Space');
    await expect(page.locator('#diagnostics')).toHaveAttribute('open');
    await pressOn(page, button(page, 'Stop'), 'Space');
    await expect(button(page, 'Start')).toBeFocused();
    await pressOn(page, button(page, 'Download as TXT'), 'Enter');
  });

  test('bench: a choice, a start, and its end', async ({ watched: page, servers }) => {
    await page.goto(`${servers.plain}/bench/`);
    await expect(button(page, 'Quick run')).toBeEnabled();
    const scalar = page.getByRole('checkbox', { name: 'scalar', exact: true });
    await pressOn(page, scalar, 'Space');
    await expect(scalar).not.toBeChecked();
    await pressOn(page, button(page, 'Quick run'), 'Enter');
    await expect(button(page, 'Cancel')).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(button(page, 'Quick run')).toBeFocused({ timeout: 30_000 });
  });
});

// What moves by itself: animations that are running, and take longer than a frame.
const moving = (page: Page) =>
  page.evaluate(() =>
    document
      .getAnimations()
      .filter(({ effect, playState }) => {
        const duration_ms = Number(effect?.getComputedTiming().duration ?? 0);
        return playState === 'running' && duration_ms > 16;
      })
      .map((animation) => String((animation as CSSAnimation).animationName)),
  );

for (const [name, path, start] of [
  ['file', '/', 'Try a sample'],
  ['live', '/live/', 'Start'],
  ['bench', '/bench/', 'Quick run'],
] as const) {
  test(`${name}: nothing moves where that is not wanted`, async ({ page, servers }) => {
    await stall(page);
    // Only the bar that does not know how long moves for ever, and is there in either case.
    for (const [reducedMotion, expected] of [
      ['no-preference', ['slide']],
      ['reduce', []],
    ] as const) {
      await page.emulateMedia({ reducedMotion });
      await page.goto(`${servers.plain}${path}`);
      await button(page, start).click();
      const bar = page.locator('.bar.is-unknown');
      await expect(bar).toBeVisible();
      await expect.poll(() => moving(page)).toEqual(expected);
      const fill = await bar.locator('.bar-fill').boundingBox();
      expect(fill?.width).toBeGreaterThan(20);
    }
  });
}

// The benchmark's page.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { kJfkText, kRoot } from '../lib/assets.mjs';
import { expectAccessible } from './axe.js';
import { expect, test } from './fixtures.js';

const screenshot = (name: string) => ({
  path: path.join(kRoot, 'test-results/browser', `${name}.png`),
  fullPage: true,
});

const figure = (page: Page, name: string) =>
  page.locator('#found > div', { hasText: name }).locator('dd');

async function choose(page: Page, wanted: string[]): Promise<void> {
  for (const box of await page.getByRole('checkbox').all()) {
    if (!(await box.isEnabled())) continue;
    await box.setChecked(wanted.includes(await box.inputValue()));
  }
}

// How many pixels of a chart are neither paper nor ink, but bars.
const countColoured = (page: Page, id: string) =>
  page.locator(`#${id} canvas`).evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const context = canvas.getContext('2d');
    if (!context) return 0;
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    let coloured = 0;
    for (let i = 0; i < data.length; i += 4) {
      const [red = 0, , blue = 0, alpha = 0] = data.subarray(i, i + 4);
      if (alpha > 200 && Math.abs(red - blue) > 60) coloured++;
    }
    return coloured;
  });

test('says what was detected on this browser', async ({ watched: page, servers }) => {
  await page.goto(`${servers.plain}/bench/`);
  await expect(figure(page, 'Browser')).toHaveText(/^Chrome \d+$/);
  await expect(figure(page, 'Best build')).toHaveText(/^(simd128|relaxed)$/);
  await expect(figure(page, 'int8 product')).toHaveText(/wide|signed|pair-saturating/);
  await expect(figure(page, 'Isolated')).toHaveText('no');
  await expect(figure(page, 'Processors')).toHaveText(/^\d+$/);
  await expect(page.getByRole('checkbox', { name: 'scalar', exact: true })).toBeChecked();
  await page.goto(`${servers.isolated}/bench/`);
  await expect(figure(page, 'Isolated')).toHaveText('yes');
});

test('measures, draws and saves', async ({ watched: page, servers }) => {
  // scalar takes seconds for the clip, and several times that on a busy machine.
  test.setTimeout(400_000);
  await page.goto(`${servers.isolated}/bench/`);
  await expect(page.getByRole('button', { name: 'Quick run' })).toBeEnabled();
  await choose(page, ['scalar', 'simd128']);
  await page.getByRole('button', { name: 'Quick run' }).click();
  await expect(page.getByRole('progressbar')).toBeVisible();
  await expect(page.locator('#progress-label')).toHaveText(/^(scalar|simd128): /);
  await page.screenshot(screenshot('bench-working'));
  await expect(page.locator('#results')).toBeVisible({ timeout: 380_000 });
  await expect(page.getByRole('progressbar')).toBeHidden();
  await expect(page.locator('#problem')).toBeHidden();

  await expect(page.locator('#summary tbody tr')).toHaveCount(2);
  await expect(page.locator('#stages tbody th')).toHaveText([
    /^A /,
    /^B /,
    /^C /,
    /^D /,
    /^F /,
    /^G /,
    /^H /,
  ]);
  expect(await page.locator('#ops tbody tr').count()).toBeGreaterThan(15);
  expect(await countColoured(page, 'stages-chart')).toBeGreaterThan(2000);
  expect(await countColoured(page, 'ops-chart')).toBeGreaterThan(2000);
  await page.screenshot(screenshot('bench-done'));
  await expectAccessible(page, 'results');

  const coming = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as JSON' }).click();
  const saved = JSON.parse(readFileSync(await (await coming).path(), 'utf8'));
  expect(saved.schema).toBe('sotto-bench-1');
  for (const { pipeline, ops } of saved.places[0].variants) {
    expect(pipeline.text).toMatch(kJfkText);
    expect(ops.length).toBeGreaterThan(15);
  }

  await page.setViewportSize({ width: 360, height: 740 });
  await page.emulateMedia({ colorScheme: 'dark' });
  const isTooWide = () =>
    page.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    );
  await expect.poll(isTooWide).toBe(false);
  await page.screenshot(screenshot('bench-phone'));
});

test('Cancel stops it', async ({ watched: page, servers }) => {
  await page.goto(`${servers.plain}/bench/`);
  await page.getByRole('button', { name: 'Full run' }).click();
  await expect(page.locator('#progress-value')).toHaveText(/run \d/, { timeout: 30_000 });
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('button', { name: 'Quick run' })).toBeVisible({ timeout: 30_000 });
  await expect(page.locator('#problem')).toBeHidden();
  await expect(page.locator('#results')).toBeHidden();
});

test('a model that is missing is explained', async ({ page, servers }) => {
  await page.route('**/models/**', (route) => route.fulfill({ status: 404 }));
  await page.goto(`${servers.plain}/bench/`);
  await expect(page.getByRole('button', { name: 'Quick run' })).toBeEnabled();
  await choose(page, ['simd128']);
  await page.getByRole('button', { name: 'Quick run' }).click();
  await expect(page.getByRole('alert')).toContainText('status 404', { timeout: 60_000 });
});

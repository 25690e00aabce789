// The static site as a host of project pages serves it: in a folder of its own, without special headers.
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { kMounts } from '../../scripts/lib/serve.mjs';
import { makeSite } from '../../scripts/site.mjs';
import { kJfkText } from '../lib/assets.mjs';
import { serve } from '../lib/server.mjs';
import { expect, test, watch } from './fixtures.js';
import { microphoneLaunch } from './microphone.js';

test.use({ launchOptions: microphoneLaunch(), permissions: ['microphone'] });

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

test('every page of the site works, and leads to the others', async ({ page }) => {
  const dir = await fs.mkdtemp(path.join(os.tmpdir(), 'sotto-site-'));
  await makeSite(dir, kMounts);
  const server = await serve([{ prefix: '/sotto/', dir }]);
  const complaints = watch(page, [server.url]);
  await page.goto(`${server.url}/sotto/`);
  await button(page, 'Try a sample').click();
  await expect(page.locator('#figures')).toBeVisible({ timeout: 45_000 });
  const said = await page.locator('#segments .segment span').allInnerTexts();
  expect(said.join(' ')).toMatch(kJfkText);

  await page.getByRole('link', { name: 'Live captions' }).click();
  await expect(page).toHaveURL(`${server.url}/sotto/live/`);
  await button(page, 'Start').click();
  await expect(page.locator('#phrases li').first()).toBeVisible({ timeout: 30_000 });
  await button(page, 'Stop').click();
  await expect(button(page, 'Start')).toBeVisible({ timeout: 20_000 });

  await page.getByRole('link', { name: 'Benchmark' }).click();
  await expect(page).toHaveURL(`${server.url}/sotto/bench/`);
  await button(page, 'Quick run').click();
  await expect(page.locator('main')).toContainText(/, run \d/, { timeout: 60_000 });
  await button(page, 'Cancel').click();
  await page.getByRole('link', { name: 'Recordings' }).click();
  await expect(page).toHaveURL(`${server.url}/sotto/`);

  expect(complaints).toEqual([]);
  // Nothing is looked for outside of the folder.
  expect(server.requests.filter((request) => !request.startsWith('/sotto/'))).toEqual([]);
  await server.close();
  await fs.rm(dir, { recursive: true, force: true });
});

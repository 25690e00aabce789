import { defineConfig } from '@playwright/test';
import { kChromiumArguments } from '../../scripts/lib/browser.mjs';

export default defineConfig({
  testDir: '.',
  outputDir: '../../test-results/browser',
  // One at a time: some tests measure time, and the machine may have no more than two cores.
  workers: 1,
  retries: 0,
  forbidOnly: true,
  // The scalar build takes 10 s on an idle machine, and several times that on a busy one.
  timeout: 120_000,
  reporter: 'list',
  use: {
    browserName: 'chromium',
    launchOptions: {
      executablePath: process.env.SOTTO_CHROMIUM ?? '/usr/bin/chromium',
      args: [...kChromiumArguments, '--autoplay-policy=no-user-gesture-required'],
    },
    screenshot: 'only-on-failure',
  },
});

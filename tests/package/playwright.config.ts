import { defineConfig } from '@playwright/test';
import browser from '../browser/playwright.config.js';

// As for the tests of the package itself, in the same Chromium.
export default defineConfig({
  ...browser,
  testDir: '.',
  outputDir: '../../test-results/package',
  // A consumer is installed, built and opened within its test; Next.js takes the longest.
  timeout: 240_000,
});

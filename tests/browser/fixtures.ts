// Servers in the flavours that matter, and a page that fails its test when it complains.

import { fileURLToPath } from 'node:url';
import { test as base, expect, type Page } from '@playwright/test';
import { kBenchDemo, kDemo, kDist, kLiveDemo, kModels, kSamples } from '../lib/assets.mjs';
import { kIsolation, kStrictPolicy, type Mount, serve } from '../lib/server.mjs';

declare global {
  interface Window {
    sotto: typeof import('../../web/index.js');
  }
}

const kPages = fileURLToPath(new URL('pages', import.meta.url));

/** A page in one folder, the package in another below it, as people put them on static servers. */
export function pageAt(prefix: string, headers: Record<string, string> = {}): Mount[] {
  return [
    { prefix: `${prefix}lib/sotto/`, dir: kDist, headers },
    { prefix, dir: kPages, headers },
  ];
}

const kMounts: Mount[] = [
  { prefix: '/models/', dir: kModels },
  { prefix: '/samples/', dir: kSamples },
  ...pageAt('/strict/', kStrictPolicy),
  ...pageAt('/page/'),
  { prefix: '/bench/models/', dir: kModels },
  { prefix: '/bench/samples/', dir: kSamples },
  { prefix: '/bench/', dir: kBenchDemo },
  { prefix: '/live/models/', dir: kModels },
  { prefix: '/live/', dir: kLiveDemo },
  { prefix: '/', dir: kDemo },
];

interface Servers {
  /** No special headers. */
  plain: string;
  /** Cross-origin isolated by COOP and COEP. */
  isolated: string;
  /** Paths that the first was asked for, in order. */
  asked: string[];
}

export const test = base.extend<{ watched: Page; api: Page }, { servers: Servers }>({
  servers: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what is needed
    async ({}, use) => {
      const plain = await serve(kMounts, { faulty: kModels });
      const isolated = await serve(kMounts, { headers: kIsolation });
      await use({ plain: plain.url, isolated: isolated.url, asked: plain.requests });
      await plain.close();
      await isolated.close();
    },
    { scope: 'worker' },
  ],

  // A page whose errors, warnings and requests to other hosts fail the test.
  watched: async ({ page, servers }, use) => {
    const complaints = watch(page, [servers.plain, servers.isolated]);
    await use(page);
    expect(complaints).toEqual([]);
  },

  // A watched page that holds the package as window.sotto.
  api: async ({ watched, servers }, use) => {
    await openApi(watched, `${servers.plain}/page/`);
    await use(watched);
  },
});

/** Collects what a page should never do. */
export function watch(page: Page, hosts: string[]): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    const url = request.url();
    const isOurs = /^(data|blob):/.test(url) || hosts.some((host) => url.startsWith(`${host}/`));
    if (!isOurs) complaints.push(`a request to ${url}`);
  });
  return complaints;
}

/** Opens a page that holds the package. */
export async function openApi(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.waitForFunction(() => 'sotto' in window);
}

export { expect };

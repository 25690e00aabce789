// Live captions of a tab that nobody looks at, really behind another one. Playwright tells each of its
// pages that it is seen, so that this browser is driven by Puppeteer.
import puppeteer from 'puppeteer-core';
import { heardWords, kSpokenWords } from '../lib/heard.mjs';
import { expect, test } from './fixtures.js';
import { kModelUrl, microphoneLaunch } from './microphone.js';

const kHidden_ms = 60_000;
// The second time the speech ends 57 s after the first began, when the page has long been hidden.
const kPause_s = 35;

// As a browser that somebody uses, which slows hidden tabs down.
const kAsUsed = [
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];

test('a tab hidden for a minute hears on, and its words come meanwhile', async ({ servers }) => {
  const launch = microphoneLaunch(kPause_s);
  const browser = await puppeteer.launch({ ...launch, ignoreDefaultArgs: kAsUsed });
  try {
    const page = await browser.newPage();
    await page.goto(`${servers.plain}/page/`);
    await page.waitForFunction(() => 'sotto' in window);
    await page.evaluate(async (model) => {
      const transcriber = await window.sotto.createTranscriber({ model });
      window.captions = transcriber.listen('microphone');
      window.seen = [];
      const note = (what: string) => window.seen.push(`${what} ${document.visibilityState}`);
      document.addEventListener('visibilitychange', () => note('seen'));
      for (const type of ['health', 'lost', 'restart'] as const) {
        window.captions.addEventListener(type, () => note(type));
      }
      window.captions.addEventListener('update', ({ detail }) => {
        if (detail.isFinal) note('final');
      });
      await window.captions.started;
    }, kModelUrl);

    const other = await browser.newPage();
    await other.bringToFront();
    await new Promise((resolve) => setTimeout(resolve, kHidden_ms));
    await page.bringToFront();
    await page.waitForFunction(() => document.visibilityState === 'visible');
    const run = await page.evaluate(async () => {
      const { text, segments } = await window.captions.stop();
      return { text, segments, seen: window.seen, stats: window.captions.stats };
    });

    // Both times what was said was there, for good, before anybody looked again.
    expect(run.seen[0]).toBe('seen hidden');
    expect(run.seen.at(-1)).toBe('seen visible');
    const meanwhile = run.seen.slice(1, -1);
    expect(new Set(meanwhile)).toEqual(new Set(['final hidden']));
    expect(meanwhile.length).toBeGreaterThanOrEqual(2);
    const half_s = 11 + kPause_s / 2;
    for (const isLater of [false, true]) {
      const part = run.segments.filter(({ start }) => start > half_s === isLater);
      const text = part.map((segment) => segment.text).join(' ');
      expect(heardWords(text), text).toBeGreaterThan(0.8 * kSpokenWords);
    }
    expect(run.stats).toMatchObject({ lostBlocks: 0, restarts: 0 });
  } finally {
    await browser.close();
  }
});

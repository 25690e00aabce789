// A browser whose microphone plays the sample speech, once, from the moment it is opened.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { kChromiumArguments, microphoneArguments } from '../../scripts/lib/browser.mjs';
import type { Variant } from '../../web/index.js';
import { jfkSamples, kRoot } from '../lib/assets.mjs';
import { makeWav } from '../lib/wav.mjs';

export const kModelUrl = '/models/tiny.en-q8.sotto';

// Devices have rates of their own, three times the model's here.
const kFactor = 3;

/** The sample speech at 48 kHz, by straight lines between its samples. */
function speechAt48k(): Float32Array<ArrayBuffer> {
  const samples = jfkSamples();
  return Float32Array.from({ length: samples.length * kFactor }, (_, i) => {
    const index = Math.floor(i / kFactor);
    const part = (i % kFactor) / kFactor;
    const [before, after] = [samples[index] ?? 0, samples[index + 1] ?? 0];
    return before + part * (after - before);
  });
}

// A room where nobody speaks; of nothing but zeros a microphone's watchdog would complain.
const kQuiet = 0.0005;

/** The sample speech, and again after each of the pauses. */
function speechFile(pauses_s: number[]): string {
  const dir = path.join(kRoot, 'test-results');
  const file = path.join(dir, `${['microphone', ...pauses_s].join('-')}.wav`);
  const speech = speechAt48k();
  const begins = [0];
  for (const pause_s of pauses_s)
    begins.push((begins.at(-1) ?? 0) + speech.length + pause_s * 48000);
  const length = (begins.at(-1) ?? 0) + speech.length;
  const sound = Float32Array.from({ length }, (_, i) => (i % 2 ? kQuiet : -kQuiet));
  for (const begin of begins) sound.set(speech, begin);
  mkdirSync(dir, { recursive: true });
  writeFileSync(file, makeWav(sound, { sampleRate: 48000 }));
  return file;
}

/** How to start it. Sharing the screen is allowed without asking, which has a fake picture and sound. */
export const microphoneLaunch = (...pauses_s: number[]) => ({
  executablePath: process.env.SOTTO_CHROMIUM ?? '/usr/bin/chromium',
  args: [...kChromiumArguments, ...microphoneArguments(speechFile(pauses_s))],
});

declare global {
  interface Window {
    captions: import('../../web/index.js').LiveListener;
    seen: string[];
  }
}

/** Begins to listen in a page that holds the package; `window.seen` notes what happens. */
export function beginToListen(page: Page, variant: 'auto' | Variant = 'auto'): Promise<void> {
  return page.evaluate(
    async ({ model, variant }) => {
      const transcriber = await window.sotto.createTranscriber({ model, variant });
      window.captions = transcriber.listen();
      window.seen = [];
      for (const type of ['state', 'health', 'lost'] as const) {
        window.captions.addEventListener(type, ({ detail }) =>
          window.seen.push(`${type} ${detail}`),
        );
      }
      window.captions.addEventListener('restart', ({ detail }) => {
        window.seen.push(`restart ${detail.count} ${detail.error.name}`);
      });
      await window.captions.started;
    },
    { model: kModelUrl, variant },
  );
}

/** Waits until so many words are confirmed. */
export async function untilConfirmed(page: Page, words: number): Promise<void> {
  await page.waitForFunction(
    (words) => window.captions.transcript.text.split(/\s+/).filter(Boolean).length >= words,
    words,
    { timeout: 20_000, polling: 100 },
  );
}

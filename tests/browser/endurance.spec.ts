// Endurance: what is left behind by many calls, by many transcribers, and by calls that are stopped
// anywhere. With SOTTO_ENDURANCE=full as many as docs/performance.md tells of, which takes long.
import type { Page } from '@playwright/test';
import { kJfkText } from '../lib/assets.mjs';
import { expect, openApi, test } from './fixtures.js';

const kModelUrl = '/models/tiny.en-q8.sotto';
const isFull = process.env.SOTTO_ENDURANCE === 'full';
const kCalls = isFull ? 2000 : 80;
const kCycles = isFull ? 200 : 12;
const kAborts = isFull ? 100 : 12;

// From this call on nothing may grow: what is made once is made then.
const kSettled = isFull ? 50 : 30;
// Garbage that a collection leaves now and then, and what browsers remember of their own. A call
// that left its samples behind, 64 KB of them, would pass it within 16 calls.
const kNoise_bytes = 1e6;

test.use({
  launchOptions: async ({ launchOptions }, use) => {
    const args = [
      ...(launchOptions.args ?? []),
      // Measures when asked, rather than some time within the next minute.
      '--enable-blink-features=ForceEagerMeasureMemory',
    ];
    await use({ ...launchOptions, args });
  },
});

interface Measuring {
  measureUserAgentSpecificMemory(): Promise<{ bytes: number }>;
}

// JavaScript's memory in the page and its workers, buffers among it, after a collection.
// WebAssembly's is not in it.
const memoryOf = (page: Page) =>
  page.evaluate(async () => {
    const { bytes } = await (performance as unknown as Measuring).measureUserAgentSpecificMemory();
    return bytes;
  });

test(`${kCalls} transcriptions leave nothing behind`, async ({ page, servers }) => {
  test.setTimeout(isFull ? 7_200_000 : 240_000);
  await openApi(page, `${servers.isolated}/page/`);
  await page.evaluate(async (model) => {
    const { createTranscriber } = window.sotto;
    const transcriber = await createTranscriber({ model, variant: 'relaxed' });
    const wav = await (await fetch('/samples/jfk.wav')).arrayBuffer();
    const decoded = await new OfflineAudioContext(1, 1, 16000).decodeAudioData(wav);
    // The first second, "And so", as samples that are the call's own.
    const samples = decoded.getChannelData(0).slice(0, 16000);
    const run = async (calls: number) => {
      let last = { text: '', heap_bytes: 0 };
      for (let i = 0; i < calls; i++) {
        const { text, timings } = await transcriber.transcribe(samples.slice());
        last = { text, heap_bytes: timings.peak_heap_bytes };
      }
      return last;
    };
    Object.assign(window, { run, closeIt: () => transcriber.close() });
  }, kModelUrl);
  const run = (calls: number) =>
    page.evaluate(
      (calls) =>
        (
          window as unknown as {
            run(calls: number): Promise<{ text: string; heap_bytes: number }>;
          }
        ).run(calls),
      calls,
    );
  const settled = await run(kSettled);
  const before_bytes = await memoryOf(page);
  const seen: { calls: number; bytes: number }[] = [];
  const step = Math.ceil((kCalls - kSettled) / 5);
  for (let done = kSettled; done < kCalls; done += step) {
    const last = await run(Math.min(step, kCalls - done));
    expect(last.text).toBe(settled.text);
    // WebAssembly's memory never shrinks: not to grow is to stay as it is.
    expect(last.heap_bytes).toBe(settled.heap_bytes);
    seen.push({ calls: Math.min(done + step, kCalls), bytes: await memoryOf(page) });
  }
  const figures = [{ calls: kSettled, bytes: before_bytes }, ...seen]
    .map(({ calls, bytes }) => `${calls}: ${(bytes / 1e6).toFixed(2)} MB`)
    .join(', ');
  test.info().annotations.push({ type: 'memory after calls', description: figures });
  process.stdout.write(`memory after calls: ${figures}\n`);
  expect(settled.text).not.toBe('');
  for (const { bytes } of seen) expect(bytes - before_bytes).toBeLessThan(kNoise_bytes);
});

test(`${kCycles} transcribers, one after another, leave nothing behind`, async ({
  page,
  servers,
}) => {
  test.setTimeout(isFull ? 3_600_000 : 240_000);
  await openApi(page, `${servers.isolated}/page/`);
  const cycle = (count: number) =>
    page.evaluate(
      async ({ model, count }) => {
        for (let i = 0; i < count; i++) {
          const transcriber = await window.sotto.createTranscriber({ model, variant: 'relaxed' });
          await transcriber.transcribe(new Float32Array(0));
          transcriber.close();
        }
      },
      { model: kModelUrl, count },
    );
  await cycle(4);
  await expect.poll(() => page.workers().length).toBe(0);
  const before_bytes = await memoryOf(page);
  await cycle(kCycles - 4);
  await expect.poll(() => page.workers().length).toBe(0);
  const after_bytes = await memoryOf(page);
  process.stdout.write(
    `memory after 4 and ${kCycles} transcribers: ${before_bytes} and ${after_bytes} bytes\n`,
  );
  expect(after_bytes - before_bytes).toBeLessThan(kNoise_bytes);
});

test(`${kAborts} calls stopped anywhere, and a right transcript after them`, async ({ api }) => {
  test.setTimeout(isFull ? 1_200_000 : 240_000);
  const result = await api.evaluate(
    async ({ model, count }) => {
      const transcriber = await window.sotto.createTranscriber({ model });
      let whole_ms = Number.POSITIVE_INFINITY;
      const time = async (work: Promise<string>) => {
        const start_ms = performance.now();
        const name = await work;
        // A call may be faster than those before it, and end before it is stopped.
        if (name === 'none') whole_ms = Math.min(whole_ms, performance.now() - start_ms);
        return name;
      };
      await time(transcriber.transcribe('/samples/jfk.wav').then(() => 'none'));
      const ends: Record<string, number> = { AbortError: 0 };
      // The golden ratio's multiples fall anywhere in a call, and evenly.
      for (let i = 1; (ends.AbortError ?? 0) < count && i <= 3 * count; i++) {
        const controller = new AbortController();
        const call = transcriber.transcribe('/samples/jfk.wav', { signal: controller.signal });
        setTimeout(() => controller.abort(), ((i * 0.618034) % 1) * whole_ms);
        const ended = call.then(
          () => 'none',
          (error: Error) => error.name,
        );
        const name = await time(ended);
        ends[name] = (ends[name] ?? 0) + 1;
      }
      const { text } = await transcriber.transcribe('/samples/jfk.wav');
      transcriber.close();
      return { ends, text };
    },
    { model: kModelUrl, count: kAborts },
  );
  expect(Object.keys(result.ends).filter((name) => !['AbortError', 'none'].includes(name))).toEqual(
    [],
  );
  expect(result.ends.AbortError).toBe(kAborts);
  expect(result.text).toMatch(kJfkText);
});

test.describe('a browser that gives no more memory', () => {
  // What WebAssembly's memory may have. In 40 MB the weights have no room; in 80 MB they do, and a
  // plain call, but not 32 beams.
  const cases = [
    { limit_mb: 40, creation: 'OutOfMemoryError', many: '' },
    { limit_mb: 80, creation: '', many: 'OutOfMemoryError' },
  ];
  for (const { limit_mb, creation, many } of cases) {
    test(`than ${limit_mb} MB`, async ({ page, servers }) => {
      // In the worker, before anything of the package.
      const limit = `
        const grow = WebAssembly.Memory.prototype.grow;
        WebAssembly.Memory.prototype.grow = function (pages) {
          const bytes = this.buffer.byteLength + pages * 65536;
          if (bytes > ${limit_mb}e6) throw new RangeError('no memory');
          return grow.call(this, pages);
        };
      `;
      await page.route('**/worker.js', async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, body: `${limit}${await response.text()}` });
      });
      await openApi(page, `${servers.plain}/page/`);
      const seen = await page.evaluate(async (model) => {
        const nameOf = (error: Error) => error.name;
        const wav = '/samples/jfk.wav';
        const options = { model, variant: 'relaxed' } as const;
        const transcriber = await window.sotto.createTranscriber(options).catch(nameOf);
        if (typeof transcriber === 'string') return { creation: transcriber, many: '', texts: [] };
        const { text } = await transcriber.transcribe(wav);
        const many = await transcriber.transcribe(wav, { beamSize: 32 }).then(() => '', nameOf);
        const after = await transcriber.transcribe(wav);
        transcriber.close();
        return { creation: '', many, texts: [text, after.text] };
      }, kModelUrl);
      expect(seen).toMatchObject({ creation, many });
      for (const text of seen.texts) expect(text).toMatch(kJfkText);
    });
  }
});

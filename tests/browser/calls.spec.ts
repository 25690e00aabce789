// Stopping, closing and responsiveness: what a page feels while the engine works.
import { kJfkText } from '../lib/assets.mjs';
import { expect, test } from './fixtures.js';

const kModelUrl = '/models/tiny.en-q8.sotto';

// What the package promises: an abort stops the computation within this time.
const kAbort_ms = 300;

// The longest that a task of the page may take (the threshold of the Long Tasks API).
const kLongTask_ms = 50;

for (const variant of ['relaxed', 'simd128', 'scalar'] as const) {
  test(`${variant}: an abort in the middle of encoding stops it in time`, async ({ api }) => {
    const times = await api.evaluate(
      async ({ model, variant }) => {
        const transcriber = await window.sotto.createTranscriber({ model, variant });
        const controller = new AbortController();
        let aborted_ms = 0;
        const call = transcriber.transcribe('/samples/jfk.wav', {
          signal: controller.signal,
          onProgress: ({ stage, fraction = 0 }) => {
            if (stage !== 'transcribe' || fraction < 0.2 || controller.signal.aborted) return;
            aborted_ms = performance.now();
            controller.abort();
          },
        });
        const name = await call.then(
          () => 'none',
          (error: Error) => error.name,
        );
        const rejected_ms = performance.now();
        // The engine is free: a call with nothing to do does not wait for the rest of that one.
        const { text } = await transcriber.transcribe(new Float32Array(0));
        const free_ms = performance.now();
        transcriber.close();
        return { name, text, rejected: rejected_ms - aborted_ms, free: free_ms - rejected_ms };
      },
      { model: kModelUrl, variant },
    );
    expect(times.name).toBe('AbortError');
    expect(times.text).toBe('');
    expect(times.rejected).toBeLessThan(kAbort_ms);
    expect(times.free).toBeLessThan(kAbort_ms);
  });
}

test('the page stays responsive while a model is loaded and while it works', async ({ api }) => {
  const seen = await api.evaluate(async (url) => {
    const bytes = await (await fetch(url)).arrayBuffer();
    const tasks: { name: string; duration: number }[] = [];
    const observer = new PerformanceObserver((list) => {
      for (const { name, duration } of list.getEntries()) tasks.push({ name, duration });
    });
    observer.observe({ type: 'longtask' });
    let frames = 0;
    let isOver = false;
    const count = () => {
      frames++;
      if (!isOver) requestAnimationFrame(count);
    };
    requestAnimationFrame(count);
    const start_ms = performance.now();
    const transcriber = await window.sotto.createTranscriber({ model: bytes });
    const events: unknown[] = [];
    await transcriber.transcribe('/samples/jfk.wav', {
      onProgress: (event) => events.push(event),
      onToken: (event) => events.push(event),
    });
    const taken_ms = performance.now() - start_ms;
    isOver = true;
    // Entries are delivered a moment after their tasks.
    await new Promise((resolve) => setTimeout(resolve, 200));
    observer.disconnect();
    transcriber.close();
    return { tasks, frames, taken_ms };
  }, kModelUrl);
  expect(seen.tasks.filter(({ duration }) => duration > kLongTask_ms)).toEqual([]);
  // Headless Chromium draws 60 frames a second; a page that is held up draws next to none.
  expect(seen.frames / (seen.taken_ms / 1000)).toBeGreaterThan(15);
});

test('the observer does see a page that is held up', async ({ api }) => {
  const durations = await api.evaluate(async () => {
    const durations: number[] = [];
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) durations.push(duration);
    });
    observer.observe({ type: 'longtask' });
    await new Promise((resolve) => setTimeout(resolve));
    const end = performance.now() + 80;
    while (performance.now() < end);
    await new Promise((resolve) => setTimeout(resolve, 200));
    return durations;
  });
  expect(durations.some((duration) => duration > kLongTask_ms)).toBe(true);
});

test('aborting while the model is downloaded, and while a call waits', async ({ api }) => {
  const result = await api.evaluate(async (model) => {
    const nameOf = (promise: Promise<unknown>) =>
      promise.then(
        () => 'none',
        (error: Error) => error.name,
      );
    const early = new AbortController();
    const stalled = window.sotto.createTranscriber({
      model: '/stall/tiny.en-q8.sotto',
      signal: early.signal,
    });
    setTimeout(() => early.abort(), 100);
    const creation = await nameOf(stalled);
    const transcriber = await window.sotto.createTranscriber({ model });
    const waiting = new AbortController();
    const first = transcriber.transcribe('/samples/jfk.wav');
    const second = transcriber.transcribe('/samples/jfk.wav', { signal: waiting.signal });
    waiting.abort();
    const waited = await nameOf(second);
    const { text } = await first;
    transcriber.close();
    return { creation, waited, text };
  }, kModelUrl);
  expect(result.creation).toBe('AbortError');
  expect(result.waited).toBe('AbortError');
  expect(result.text).toMatch(kJfkText);
});

test('close() ends the worker, the calls that run and those that come', async ({ api }) => {
  const names = await api.evaluate(async (model) => {
    const transcriber = await window.sotto.createTranscriber({ model });
    const nameOf = (promise: Promise<unknown>) =>
      promise.then(
        () => 'none',
        (error: Error) => error.name,
      );
    const calls = [0, 1].map(() => nameOf(transcriber.transcribe('/samples/jfk.wav')));
    setTimeout(() => transcriber.close(), 200);
    const ended = await Promise.all(calls);
    return [...ended, await nameOf(transcriber.transcribe(new Float32Array(0)))];
  }, kModelUrl);
  expect(names).toEqual(['ClosedError', 'ClosedError', 'ClosedError']);
  await expect.poll(() => api.workers().length).toBe(0);
});

test('a worker that dies fails its call and is replaced for the next one', async ({
  page,
  servers,
}) => {
  // The package's own worker, within reach of the test.
  await page.addInitScript(() => {
    const workers: Worker[] = [];
    const Original = window.Worker;
    window.Worker = class extends Original {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        workers.push(this);
      }
    };
    Object.assign(window, { workers });
  });
  await page.goto(`${servers.plain}/page/`);
  await page.waitForFunction(() => 'sotto' in window);
  const result = await page.evaluate(async (url) => {
    const { workers } = window as unknown as { workers: Worker[] };
    const kill = () => {
      workers.at(-1)?.terminate();
      workers.at(-1)?.dispatchEvent(new ErrorEvent('error', { message: 'killed by the test' }));
    };
    const failure = (promise: Promise<unknown>) =>
      promise.then(
        () => 'none',
        (error: Error) => `${error.name}: ${error.message}`,
      );
    const transcriber = await window.sotto.createTranscriber({ model: url });
    const call = failure(transcriber.transcribe('/samples/jfk.wav'));
    setTimeout(kill, 200);
    const first = await call;
    const { text } = await transcriber.transcribe('/samples/jfk.wav');
    transcriber.close();
    // Bytes are not kept, so that nothing could be loaded again.
    const bytes = await (await fetch(url)).arrayBuffer();
    const other = await window.sotto.createTranscriber({ model: bytes });
    const pending = failure(other.transcribe('/samples/jfk.wav'));
    setTimeout(kill, 200);
    await pending;
    const last = await failure(other.transcribe('/samples/jfk.wav'));
    other.close();
    return { first, text, last };
  }, kModelUrl);
  expect(result.first).toBe('WorkerError: the worker died: killed by the test');
  expect(result.text).toMatch(kJfkText);
  expect(result.last).toMatch(/^WorkerError: .*its model came as bytes.*new transcriber/);
});

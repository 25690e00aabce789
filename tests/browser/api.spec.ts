// The bare package in a page: every variant, every kind of input, events, order.
import { jfkSamples, kJfkText } from '../lib/assets.mjs';
import { makeFlac } from '../lib/wav.mjs';
import { expect, openApi, test } from './fixtures.js';

const kModelUrl = '/models/tiny.en-q8.sotto';
const kVariants = ['auto', 'relaxed', 'simd128', 'scalar'] as const;
const kThreaded = ['relaxed-mt', 'simd128-mt'] as const;

for (const flavour of ['plain', 'isolated'] as const) {
  for (const variant of kVariants) {
    test(`${variant} on a page that is ${flavour}`, async ({ watched, servers }) => {
      await openApi(watched, `${servers[flavour]}/page/`);
      const result = await watched.evaluate(
        async ({ model, variant }) => {
          const transcriber = await window.sotto.createTranscriber({ model, variant });
          const { text, segments, timings } = await transcriber.transcribe('/samples/jfk.wav');
          const { info } = transcriber;
          transcriber.close();
          return { text, segments, timings, info, isolated: crossOriginIsolated };
        },
        { model: kModelUrl, variant },
      );
      expect(result.text).toMatch(kJfkText);
      expect(result.isolated).toBe(flavour === 'isolated');
      const best = flavour === 'isolated' ? 'relaxed-mt' : 'relaxed';
      expect(result.info.variant).toBe(variant === 'auto' ? best : variant);
      expect(result.segments.length).toBeGreaterThan(0);
      expect(result.timings.total_ms).toBeGreaterThan(0);
      expect(result.timings.audio_ms).toBe(11000);
    });
  }
}

for (const variant of kThreaded) {
  test(`${variant} hears the same on one, two and four threads`, async ({ watched, servers }) => {
    await openApi(watched, `${servers.isolated}/page/`);
    const runs = [];
    for (const threads of [1, 2, 4]) {
      const run = await watched.evaluate(
        async (options) => {
          const transcriber = await window.sotto.createTranscriber(options);
          const { text, segments } = await transcriber.transcribe('/samples/jfk.wav');
          const { info } = transcriber;
          transcriber.close();
          return { text, segments, variant: info.variant, threads: info.threads };
        },
        { model: kModelUrl, variant, threads },
      );
      expect(run).toMatchObject({ variant, threads });
      runs.push({ text: run.text, segments: run.segments });
    }
    expect(runs[0]?.text).toMatch(kJfkText);
    // Times, tokens and probabilities too: not a bit depends on the number of threads.
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[2]).toEqual(runs[0]);
  });
}

test('close() ends the threads', async ({ watched, servers }) => {
  await openApi(watched, `${servers.isolated}/page/`);
  // Workers of workers are not the page's own: the browser's list of targets has them all.
  const session = await watched.context().browser()?.newBrowserCDPSession();
  const workers = async () => {
    const targets = await session?.send('Target.getTargets', { filter: [{ type: 'worker' }] });
    return targets?.targetInfos.length;
  };
  expect(await workers()).toBe(0);
  const handle = await watched.evaluateHandle(
    (model) => window.sotto.createTranscriber({ model, threads: 3 }),
    kModelUrl,
  );
  // Its worker, and two threads beside it.
  expect(await workers()).toBe(3);
  await handle.evaluate((transcriber) => transcriber.close());
  await expect.poll(workers).toBe(0);
});

test('the package works under a strict policy, and asks for its files alone', async ({
  watched,
  servers,
}) => {
  const before = servers.asked.length;
  await openApi(watched, `${servers.plain}/strict/`);
  const { text, refused } = await watched.evaluate(async (model) => {
    const transcriber = await window.sotto.createTranscriber({ model });
    const { text } = await transcriber.transcribe('/samples/jfk.wav', { vad: false });
    const silence = new AudioContext().createMediaStreamDestination();
    const captions = transcriber.listen(silence.stream, { vad: false });
    await captions.started;
    await captions.stop();
    transcriber.close();
    // The policy is in force: what it forbids does fail.
    const isRefused = (work: () => unknown) => {
      try {
        work();
        return false;
      } catch {
        return true;
      }
    };
    return { text, refused: isRefused(() => new Function('return 1')) };
  }, kModelUrl);
  expect(text).toMatch(kJfkText);
  expect(refused).toBe(true);
  const files = ['', 'icon.svg', 'page.js'];
  const parts = ['index.js', 'sotto-relaxed.wasm.gz', 'worker.js', 'worklet.js'];
  expect(servers.asked.slice(before).sort()).toEqual(
    [
      ...files.map((file) => `/strict/${file}`),
      ...parts.map((file) => `/strict/lib/sotto/${file}`),
      kModelUrl,
      '/samples/jfk.wav',
    ].sort(),
  );
});

test('every kind of audio', async ({ api }) => {
  const flac = makeFlac(jfkSamples()).toString('base64');
  const texts = await api.evaluate(
    async ({ model, flac }) => {
      const response = await fetch('/samples/jfk.wav');
      const wav = await response.blob();
      const bytes = await wav.arrayBuffer();
      const at16 = await new OfflineAudioContext(1, 1, 16000).decodeAudioData(bytes.slice(0));
      const at44 = await new OfflineAudioContext(1, 1, 44100).decodeAudioData(bytes.slice(0));
      const mono = at16.getChannelData(0);
      const flacBytes = Uint8Array.from(atob(flac), (char) => char.charCodeAt(0));
      const inputs = {
        samples: mono,
        pcm: { samples: [mono, mono.map((value) => value / 2)], sampleRate: 16000 },
        audioBuffer: at44,
        blob: wav,
        file: new File([wav], 'jfk.wav'),
        url: new URL('/samples/jfk.wav', location.href),
        relative: '../samples/jfk.wav',
        decoded: new Blob([flacBytes]),
        decodedUrl: URL.createObjectURL(new Blob([flacBytes])),
      };
      const transcriber = await window.sotto.createTranscriber({ model });
      const texts: Record<string, string> = {};
      for (const [name, audio] of Object.entries(inputs)) {
        texts[name] = (await transcriber.transcribe(audio)).text;
      }
      transcriber.close();
      return texts;
    },
    { model: kModelUrl, flac },
  );
  expect(Object.keys(texts)).toHaveLength(9);
  for (const [name, text] of Object.entries(texts)) expect(text, name).toMatch(kJfkText);
});

test('every kind of model', async ({ api }) => {
  const texts = await api.evaluate(async (url) => {
    const response = await fetch(url);
    const blob = await response.blob();
    const buffer = await blob.arrayBuffer();
    const handed = buffer.slice(0);
    const options = {
      url: { model: new URL(url, location.href) },
      spec: { model: { url, bytes: buffer.byteLength } },
      name: { model: 'tiny.en', modelBaseUrl: '/models' },
      blob: { model: blob },
      buffer: { model: buffer },
      view: { model: new Uint8Array(buffer) },
      handed: { model: handed, transfer: true },
    };
    const results: Record<string, string> = {};
    for (const [name, option] of Object.entries(options)) {
      const transcriber = await window.sotto.createTranscriber(option);
      const { text } = await transcriber.transcribe('/samples/jfk.wav');
      transcriber.close();
      results[name] = text;
    }
    const kept = buffer.byteLength > 0 && handed.byteLength === 0;
    return { ...results, kept: kept ? 'yes' : 'no' };
  }, kModelUrl);
  const { kept, ...rest } = texts;
  expect(kept).toBe('yes');
  expect(Object.keys(rest)).toHaveLength(7);
  for (const [name, text] of Object.entries(rest)) expect(text, name).toMatch(kJfkText);
});

test('progress, tokens and segments come while it works', async ({ api }) => {
  const { loads, events, segments } = await api.evaluate(async (model) => {
    const loads: { stage: string; fraction: number | undefined }[] = [];
    const transcriber = await window.sotto.createTranscriber({
      model,
      onProgress: ({ stage, fraction }) => loads.push({ stage, fraction }),
    });
    const events: { type: string; at: number }[] = [];
    const note = (type: string) => () => void events.push({ type, at: performance.now() });
    const { segments } = await transcriber.transcribe('/samples/jfk.wav', {
      onProgress: note('progress'),
      onToken: note('token'),
      onSegment: note('segment'),
    });
    note('end')();
    transcriber.close();
    return { loads, events, segments };
  }, kModelUrl);
  const stages = loads.map(({ stage }) => stage);
  expect(stages.indexOf('load')).toBeGreaterThan(stages.lastIndexOf('download'));
  expect(loads.at(-1)?.fraction).toBe(1);
  const count = (type: string) => events.filter((event) => event.type === type).length;
  expect(count('progress')).toBeGreaterThan(5);
  expect(count('token')).toBeGreaterThan(0);
  expect(count('segment')).toBe(segments.length);
  // Spread over the work, and not all of them at its end.
  const [first, last] = [events.at(0), events.at(-1)];
  const middle = events.filter(({ type }) => type === 'progress').at(5);
  expect((middle?.at ?? 0) - (first?.at ?? 0)).toBeLessThan(
    0.8 * ((last?.at ?? 0) - (first?.at ?? 0)),
  );
});

test('calls end in order, also through the shared transcriber', async ({ api }) => {
  const order = await api.evaluate(async (model) => {
    const order: number[] = [];
    const audio = '/samples/jfk.wav';
    const calls = [0, 1, 2].map(async (index) => {
      await window.sotto.transcribe(index === 1 ? new Float32Array(0) : audio, { model });
      order.push(index);
    });
    await Promise.all(calls);
    await window.sotto.closeShared();
    return order;
  }, kModelUrl);
  expect(order).toEqual([0, 1, 2]);
});

test('two transcribers in one page', async ({ api }) => {
  const texts = await api.evaluate(async (model) => {
    const make = () => window.sotto.createTranscriber({ model });
    const pair = await Promise.all([make(), make()]);
    const results = await Promise.all(pair.map((one) => one.transcribe('/samples/jfk.wav')));
    for (const one of pair) one.close();
    return results.map(({ text }) => text);
  }, kModelUrl);
  for (const text of texts) expect(text).toMatch(kJfkText);
});

test('the page that measures other engines finds what it calls', async ({ api }) => {
  const run = await api.evaluate(async (url) => {
    const bytes = await (await fetch(url)).arrayBuffer();
    const t = await window.sotto.createTranscriber({
      model: bytes,
      variant: 'simd128',
      threads: 1,
    });
    const samples = (
      await new OfflineAudioContext(1, 16000, 16000).decodeAudioData(
        await (await fetch('/samples/jfk.wav')).arrayBuffer(),
      )
    )
      .getChannelData(0)
      .slice();
    const options = { language: 'en', timestamps: 'none', encoderWindow: 'full' } as const;
    const { text, timings } = await t.transcribe(samples, options);
    t.close();
    return { text, encode_ms: timings.encode_ms, heap: timings.peak_heap_bytes };
  }, kModelUrl);
  expect(run.text).toMatch(kJfkText);
  expect(run.encode_ms).toBeGreaterThan(0);
  expect(run.heap).toBeGreaterThan(40e6);
});

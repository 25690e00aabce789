import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import {
  jfkSamples,
  kDist,
  kJfk,
  kJfkText,
  kModel,
  kModels,
  kSamples,
  loadPackage,
  runnableVariants,
} from '../lib/assets.mjs';
import { serve } from '../lib/server.mjs';
import { importSource } from '../lib/source.mjs';
import { makeFlac } from '../lib/wav.mjs';

const { createTranscriber, pickVariant, Transcript, variantNames } = await loadPackage();
const variants = await runnableVariants();
const { autoThreads } = await importSource('web/threads.ts');
const samples = jfkSamples();

test('the best build that this Node computes rightly is picked', async () => {
  const isOld = Number.parseInt(process.versions.node, 10) < 22;
  const expected = variantNames.filter((name) => !(isOld && name.startsWith('relaxed')));
  assert.deepEqual(variants, expected);
  const best = isOld ? 'simd128' : 'relaxed';
  assert.equal(await pickVariant('auto', 1), best);
  assert.equal(await pickVariant('auto', 2), `${best}-mt`);
  assert.equal(await pickVariant('auto'), availableParallelism() > 1 ? `${best}-mt` : best);
  if (!isOld) return;
  // Not even where the flag makes it look as if it could.
  const code =
    `const { pickVariant } = await import(${JSON.stringify(pathToFileURL(`${kDist}/index.js`))});` +
    "console.log(await pickVariant('auto', 1));";
  const args = ['--experimental-wasm-relaxed-simd', '--input-type=module', '-e', code];
  assert.equal(execFileSync(process.execPath, args, { encoding: 'utf8' }).trim(), 'simd128');
});

for (const variant of variants) {
  test(`${variant}: the sample's sentence, its times and its timings`, async () => {
    const transcriber = await createTranscriber({ model: kModel, variant });
    try {
      const { info } = transcriber;
      assert.equal(info.variant, variant);
      assert.equal(info.threads, variant.endsWith('-mt') ? autoThreads(availableParallelism()) : 1);
      const isRelaxed = variant.startsWith('relaxed');
      const flavours = isRelaxed ? ['unsigned', 'signed', 'pair-saturating'] : ['wide'];
      assert.ok(flavours.includes(info.dotFlavour), info.dotFlavour);
      assert.equal(info.model.nAudioState, 384);
      assert.equal(info.model.multilingual, false);
      const result = await transcriber.transcribe(kJfk);
      assert.ok(result instanceof Transcript);
      assert.match(result.text, kJfkText);
      assert.equal(result.language, 'en');
      checkSegments(result.segments);
      checkTimings(result.timings);
    } finally {
      transcriber.close();
    }
  });
}

for (const variant of variants.filter((name) => name.endsWith('-mt'))) {
  test(`${variant}: not a bit depends on the number of threads`, async () => {
    const results = [];
    for (const threads of [1, 2, 4]) {
      const transcriber = await createTranscriber({ model: kModel, variant, threads });
      assert.equal(transcriber.info.threads, threads);
      const { text, segments } = await transcriber.transcribe(kJfk);
      results.push({ text, segments });
      transcriber.close();
    }
    assert.match(results[0].text, kJfkText);
    assert.deepEqual(results[1], results[0]);
    assert.deepEqual(results[2], results[0]);
  });
}

test("encoderWindow: 'auto' spares the padding of short audio, 'full' does not", async () => {
  const transcriber = await createTranscriber({ model: kModel, threads: 1 });
  const encode_ms = async (encoderWindow) => {
    const times = [];
    for (let i = 0; i < 3; i++) {
      const { timings } = await transcriber.transcribe(samples.subarray(0, 16000), {
        encoderWindow,
      });
      times.push(timings.encode_ms);
    }
    return Math.min(...times);
  };
  // A quarter of the positions is left of a second of sound.
  assert.ok((await encode_ms('full')) > 2 * (await encode_ms('auto')));
  transcriber.close();
});

test("'auto' takes small machines whole, half of larger ones, and eight threads at most", () => {
  const expected = { 1: 1, 2: 2, 3: 3, 4: 4, 6: 4, 8: 4, 12: 6, 16: 8, 64: 8 };
  for (const [cores, threads] of Object.entries(expected)) {
    assert.equal(autoThreads(Number(cores)), threads, `${cores} cores`);
  }
});

function checkSegments(segments) {
  assert.ok(segments.length >= 1);
  let end = 0;
  segments.forEach((segment, index) => {
    assert.equal(segment.id, index);
    assert.ok(segment.start >= end && segment.end > segment.start && segment.end <= 11.02);
    assert.ok(segment.tokens.length > 0 && segment.tokens.every(Number.isInteger));
    assert.ok(segment.avgLogProb < 0 && segment.avgLogProb > -1);
    assert.ok(segment.noSpeechProb >= 0 && segment.noSpeechProb < 0.6);
    end = segment.end;
  });
}

function checkTimings(timings) {
  const { load_ms, mel_ms, encode_ms, decode_ms, total_ms, audio_ms, windows, tokens } = timings;
  for (const value of [load_ms, mel_ms, encode_ms, decode_ms]) assert.ok(value > 0);
  assert.ok(total_ms >= encode_ms + decode_ms);
  assert.equal(audio_ms, 11000);
  assert.equal(windows, 1);
  assert.ok(tokens > 20 && tokens < 40);
  assert.ok(timings.peak_heap_bytes > 40e6 && timings.peak_heap_bytes < 150e6);
}

describe('one transcriber', () => {
  let transcriber;
  let server;

  before(async () => {
    transcriber = await createTranscriber({ model: kModel });
    server = await serve([{ prefix: '/samples/', dir: kSamples }]);
  });
  after(async () => {
    transcriber.close();
    await server.close();
  });

  // Stereo at 48 kHz: each sample three times, one channel louder and one softer.
  const upsampled = () =>
    Float32Array.from({ length: samples.length * 3 }, (_, i) => samples[Math.floor(i / 3)]);

  const inputs = {
    'a path': () => kJfk,
    'a file: URL': () => pathToFileURL(kJfk),
    'a file: URL as a string': () => pathToFileURL(kJfk).href,
    'an http URL': () => `${server.url}/samples/jfk.wav`,
    'a Float32Array': () => samples,
    'samples with their rate': () => ({ samples, sampleRate: 16000 }),
    'stereo at 48 kHz': () => {
      const sound = upsampled();
      const left = sound.map((value) => value * 1.5);
      const right = sound.map((value) => value * 0.5);
      return { samples: [left, right], sampleRate: 48000 };
    },
    'a Blob': async () => new Blob([await readFile(kJfk)]),
    'a File': async () => new File([await readFile(kJfk)], 'jfk.wav'),
  };

  for (const [name, make] of Object.entries(inputs)) {
    test(`audio as ${name}`, async () => {
      const { text } = await transcriber.transcribe(await make());
      assert.match(text, kJfkText);
    });
  }

  test('events come in order and agree with the result', async () => {
    const events = [];
    const result = await transcriber.transcribe(kJfk, {
      onProgress: ({ stage, fraction }) => events.push({ stage, fraction }),
      onToken: ({ text }) => events.push({ token: text }),
      onSegment: (segment) => events.push({ segment }),
    });
    const told = events.filter(({ segment }) => segment).map(({ segment }) => segment);
    assert.deepEqual(told, result.segments);
    const fractions = events.filter(({ stage }) => stage === 'transcribe').map((e) => e.fraction);
    assert.ok(fractions.length > 5);
    assert.deepEqual(
      fractions,
      fractions.toSorted((a, b) => a - b),
    );
    assert.equal(fractions.at(-1), 1);
    const texts = events.filter(({ token }) => token).map(({ token }) => token.trim());
    assert.ok(texts.length > 0);
    // While nothing is taken back, each text goes on where the last one ended.
    for (let i = 1; i < texts.length; i++) assert.ok(texts[i].startsWith(texts[i - 1]));
    assert.ok(result.text.startsWith(texts[0]));
  });

  test('without timestamps a window is one segment', async () => {
    const { segments } = await transcriber.transcribe(samples, { timestamps: 'none' });
    assert.equal(segments.length, 1);
    assert.match(segments[0].text.trim(), kJfkText);
    assert.equal(segments[0].start, 0);
    assert.equal(segments[0].end, 11);
  });

  test('both encoder windows give the sentence', async () => {
    for (const encoderWindow of ['auto', 'full']) {
      const { text } = await transcriber.transcribe(samples, { encoderWindow });
      assert.match(text, kJfkText);
    }
  });

  test('the style of the prompt is the style of the text', async () => {
    const { text } = await transcriber.transcribe(samples, {
      initialPrompt: 'and so my fellow americans',
    });
    assert.match(text, /^and so my fellow americans,? ask not/);
  });

  test('beams find the sentence', async () => {
    const { text, segments } = await transcriber.transcribe(samples, { beamSize: 5 });
    assert.match(text, kJfkText);
    for (const { temperature } of segments) assert.equal(temperature, 0);
  });

  test('above temperature 0 the seed decides', async () => {
    const say = async (seed) => {
      const options = { temperatures: [1], bestOf: 1, seed };
      return (await transcriber.transcribe(samples, options)).segments;
    };
    const texts = [];
    for (const seed of [1, 2, 3]) texts.push(JSON.stringify(await say(seed)));
    assert.ok(new Set(texts).size > 1);
    assert.equal(JSON.stringify(await say(2)), texts[1]);
    for (const { temperature } of JSON.parse(texts[0])) assert.equal(temperature, 1);
  });

  test('a text that no threshold takes is tried at each temperature', async () => {
    const { segments } = await transcriber.transcribe(samples, {
      compressionRatioThreshold: 0.1,
      temperatures: [0, 0.2],
    });
    assert.match(
      segments
        .map(({ text }) => text)
        .join('')
        .trim(),
      kJfkText,
    );
    for (const { compressionRatio } of segments) assert.ok(compressionRatio > 0.5);
  });

  test('the text begins with its prefix, and tokens can be forbidden', async () => {
    const prefix = 'And so my dear Americans';
    const { text } = await transcriber.transcribe(samples, { prefix });
    assert.match(text.trim(), /^And so my dear Americans,? ask not/);
    const { segments } = await transcriber.transcribe(samples);
    const forbidden = segments[0].tokens[1];
    const other = await transcriber.transcribe(samples, { suppressTokens: [-1, forbidden] });
    assert.ok(!other.segments.some(({ tokens }) => tokens.includes(forbidden)));
  });

  test('no more tokens than asked for', async () => {
    const { segments } = await transcriber.transcribe(samples, { maxNewTokens: 4 });
    for (const { tokens } of segments) assert.ok(tokens.length <= 4);
  });

  test('a trace opens as Chrome trace JSON, and only where asked for', async () => {
    const { trace } = await transcriber.transcribe(samples, { trace: true });
    const { traceEvents } = JSON.parse(trace);
    const names = new Set(traceEvents.map(({ name }) => name));
    assert.ok([...names].some((name) => /mel/.test(name)));
    assert.ok([...names].some((name) => /encode/.test(name)));
    assert.ok([...names].some((name) => /decode/.test(name)));
    assert.equal((await transcriber.transcribe(samples)).trace, undefined);
  });

  test('audio longer than a window goes on in the next one', async () => {
    const long = new Float32Array(samples.length * 4);
    for (let i = 0; i < 4; i++) long.set(samples, i * samples.length);
    const { segments, timings, text } = await transcriber.transcribe(long);
    assert.equal(text.match(/fellow Americans/g)?.length, 4);
    assert.ok(timings.windows >= 2);
    assert.ok(segments.at(-1).end > 40 && segments.at(-1).end <= 44.02);
    assert.ok(segments.every(({ start }, i) => i === 0 || start >= segments[i - 1].end));
  });

  test('a file that only browsers decode is refused in words', async () => {
    const flac = new Blob([makeFlac(samples.subarray(0, 16000))]);
    await assert.rejects(transcriber.transcribe(flac), {
      name: 'AudioError',
      code: 'Audio',
      message: /expected a WAV file; got a file of \d+ bytes that begins with 66 4c 61 43/,
    });
  });
});

describe('models', () => {
  let server;
  let bytes;

  before(async () => {
    server = await serve([{ prefix: '/models/', dir: kModels }]);
    bytes = await readFile(kModel);
  });
  after(() => server.close());

  const inputs = {
    'a name with the folder of its file': () => ({ model: 'tiny.en', modelBaseUrl: kModels }),
    'a name with the URL of its folder': () => ({ modelBaseUrl: `${server.url}/models` }),
    'a file: URL': () => ({ model: pathToFileURL(kModel) }),
    'an http URL': () => ({ model: `${server.url}/models/tiny.en-q8.sotto` }),
    'a Blob': () => ({ model: new Blob([bytes]) }),
    'an ArrayBuffer': () => ({ model: new Uint8Array(bytes).buffer }),
    'a part of a buffer': () => {
      const padded = new Uint8Array(bytes.length + 7);
      padded.set(bytes, 5);
      return { model: padded.subarray(5, 5 + bytes.length) };
    },
  };

  for (const [name, make] of Object.entries(inputs)) {
    test(`a model as ${name}`, async () => {
      const stages = [];
      const onProgress = ({ stage, fraction }) => stages.push([stage, fraction]);
      const transcriber = await createTranscriber({ ...make(), onProgress });
      const { text } = await transcriber.transcribe(samples);
      transcriber.close();
      assert.match(text, kJfkText);
      const loads = stages.filter(([stage]) => stage === 'load').map(([, fraction]) => fraction);
      assert.ok(loads.length > 2 && loads.at(-1) === 1);
    });
  }

  test('bytes are left as they are, or handed over where that is asked for', async () => {
    const model = new Uint8Array(bytes);
    (await createTranscriber({ model })).close();
    assert.equal(model.length, bytes.length);
    const transcriber = await createTranscriber({ model, transfer: true });
    assert.equal(model.length, 0);
    const { text } = await transcriber.transcribe(samples);
    transcriber.close();
    assert.match(text, kJfkText);
  });

  test('a download reports its bytes', async () => {
    const progress = [];
    const onProgress = (event) => event.stage === 'download' && progress.push(event);
    (
      await createTranscriber({ model: `${server.url}/models/tiny.en-q8.sotto`, onProgress })
    ).close();
    const last = progress.at(-1);
    assert.equal(last.loadedBytes, bytes.length);
    assert.equal(last.totalBytes, bytes.length);
    assert.equal(last.fraction, 1);
    assert.ok(progress.length > 5);
  });
});

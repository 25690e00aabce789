import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { kModel, loadPackage } from '../lib/assets.mjs';

const { AudioError, createTranscriber, OptionError, Transcriber, transcribe } = await loadPackage();

const silence = new Float32Array(160);
let transcriber;

before(async () => {
  transcriber = await createTranscriber({ model: kModel });
});
after(() => transcriber.close());

const refusal = (message) => ({ name: 'OptionError', code: 'Option', message });

const createCases = [
  [{ modle: 'x' }, /unknown option 'modle'; expected one of model, /],
  [{ variant: 'mmx' }, /'variant': expected one of 'auto', .*'scalar'; got 'mmx'/],
  [{ variant: 5 }, /'variant': expected one of .*; got 5/],
  [{ threads: 0 }, /'threads': expected 'auto' or a whole number from 1 to 32; got 0/],
  [{ threads: 1.5 }, /'threads': .*; got 1.5/],
  [{ threads: '2' }, /'threads': .*; got '2'/],
  [{ threads: 2, variant: 'simd128' }, /'threads': .*one thread; expected 1 or 'auto'; got 2/],
  [{ threads: 33 }, /'threads': expected 'auto' or a whole number from 1 to 32; got 33/],
  [{ precision: 'f16' }, /'precision': expected one of 'auto', 'q8', 'f32'; got 'f16'/],
  [{ transfer: 1 }, /'transfer': expected true or false; got 1/],
  [{ onProgress: 'yes' }, /'onProgress': expected a function; got 'yes'/],
  [{ signal: {} }, /'signal': expected an AbortSignal; got Object/],
  [{ modelBaseUrl: 7 }, /'modelBaseUrl': expected a string or URL; got 7/],
  [{ model: 'tinny' }, /model: expected 'tiny\.en', 'base', an address or bytes; got 'tinny'/],
  [{ model: 7 }, /model: expected a name, .*; got 7/],
  [{ model: null }, /model: expected a name, .*; got null/],
  [{ model: {} }, /model: expected a name, .*; got Object/],
  [{ model: { url: 5 } }, /model\.url: expected a string or URL; got 5/],
  [{ model: { url: 'a', size: 1 } }, /model: unknown key 'size'; expected url, bytes, sha256/],
  [{ model: { url: 'a', bytes: -1 } }, /model\.bytes: expected a whole number from 1; got -1/],
  [{ model: { url: 'a', sha256: 'x' } }, /model\.sha256: expected 64 hexadecimal digits; got 'x'/],
  [null, /expected an object of options; got null/],
  ['tiny.en', /expected an object of options; got 'tiny\.en'/],
  [[], /expected an object of options; got an array of 0/],
  [new Map([['model', 'tiny.en']]), /expected an object of options; got Map/],
];

test('a transcriber is made by createTranscriber alone', () => {
  assert.throws(() => new Transcriber({}), refusal(/expected createTranscriber\(\) to make it/));
});

for (const [options, message] of createCases) {
  test(`createTranscriber refuses ${JSON.stringify(options)}`, async () => {
    await assert.rejects(createTranscriber(options), refusal(message));
  });
}

const transcribeCases = [
  [{ lang: 'en' }, /unknown option 'lang'; expected one of language, /],
  [{ language: '' }, /'language': expected a language such as 'en'; got ''/],
  [{ language: 5 }, /'language': expected a string; got 5/],
  [{ task: 'summarize' }, /'task': expected one of 'transcribe', 'translate'; got 'summarize'/],
  [{ timestamps: 'words' }, /'timestamps': expected one of 'none', 'segment', 'word'; got 'words'/],
  [
    { languageDetectionThreshold: 2 },
    /'languageDetectionThreshold': expected a number from 0 to 1/,
  ],
  [{ hallucinationSilenceThreshold: -1 }, /'hallucinationSilenceThreshold': expected a number/],
  [{ languageDetectionSegments: 0 }, /'languageDetectionSegments': expected a whole number from 1/],
  [{ appendPunctuations: 5 }, /'appendPunctuations': expected a string; got/],
  [{ timestamps: true }, /'timestamps': expected one of .*; got true/],
  [{ clipTimestamps: 5 }, /'clipTimestamps': expected an array of numbers; got 5/],
  [{ clipTimestamps: [-1] }, /'clipTimestamps': expected a number from 0 to Infinity; got -1/],
  [{ vad: 'yes' }, /'vad': expected true, false or an object; got 'yes'/],
  [{ vad: [] }, /'vad': expected true, false or an object; got an array of 0/],
  [{ vad: { threshold: 2 } }, /vad: option 'threshold': expected a number from 0 to 1; got 2/],
  [{ vad: { padMs: 2 } }, /vad: unknown option 'padMs'; expected one of threshold, /],
  [{ vad: { speechPadMs: 0.5 } }, /vad: option 'speechPadMs': expected a whole number .*; got 0.5/],
  [{ prompt: 'x' }, /unknown option 'prompt'; expected one of .*initialPrompt, /],
  [{ initialPrompt: 1 }, /'initialPrompt': expected a string; got 1/],
  [{ prefix: null }, /'prefix': expected a string; got null/],
  [{ hotwords: ['a'] }, /'hotwords': expected a string; got an array of 1/],
  [{ conditionOnPreviousText: 0 }, /'conditionOnPreviousText': expected true or false; got 0/],
  [{ promptResetOnTemperature: -1 }, /'promptResetOnTemperature': expected .*; got -1/],
  [{ batchSize: 0 }, /'batchSize': expected a whole number from 1 to 32; got 0/],
  [{ batchSize: 33 }, /'batchSize': expected a whole number from 1 to 32; got 33/],
  [{ beamSize: 0 }, /'beamSize': expected a whole number from 1 to 32; got 0/],
  [{ beamSize: 33 }, /'beamSize': expected a whole number from 1 to 32; got 33/],
  [{ beamSize: 2.5 }, /'beamSize': expected a whole number from 1 to 32; got 2\.5/],
  [{ patience: 0 }, /'patience': expected a number from 0\.01 to 100; got 0/],
  [{ bestOf: '5' }, /'bestOf': expected a whole number from 1 to 32; got '5'/],
  [{ lengthPenalty: 1.1 }, /'lengthPenalty': expected a number from 0 to 1; got 1\.1/],
  [{ temperatures: 0.2 }, /'temperatures': expected an array of numbers; got 0\.2/],
  [{ temperatures: [] }, /'temperatures': expected 1 to 32 numbers; got 0/],
  [{ temperatures: [0, -1] }, /'temperatures': expected a number from 0 to 10; got -1/],
  [{ temperatures: [Number.NaN] }, /'temperatures': expected a number from 0 to 10; got NaN/],
  [{ compressionRatioThreshold: -1 }, /'compressionRatioThreshold': expected .*; got -1/],
  [{ logProbThreshold: 1 }, /'logProbThreshold': expected a number from -1000000 to 0; got 1/],
  [{ noSpeechThreshold: 2 }, /'noSpeechThreshold': expected a number from 0 to 1; got 2/],
  [{ seed: -1 }, /'seed': expected a whole number from 0 to 9007199254740991; got -1/],
  [{ repetitionPenalty: 0 }, /'repetitionPenalty': expected a number from 0\.01 to 100; got 0/],
  [{ noRepeatNgramSize: -1 }, /'noRepeatNgramSize': expected a whole number from 0 .*; got -1/],
  [{ suppressTokens: 5 }, /'suppressTokens': expected an array of numbers; got 5/],
  [{ suppressTokens: [-2] }, /'suppressTokens': expected a whole number from -1 .*; got -2/],
  [{ suppressBlank: 1 }, /'suppressBlank': expected true or false; got 1/],
  [{ maxInitialTimestampS: 31 }, /'maxInitialTimestampS': expected .* from 0 to 30; got 31/],
  [{ maxNewTokens: 0 }, /'maxNewTokens': expected a whole number from 1 to .*; got 0/],
  [{ encoderWindow: 'half' }, /'encoderWindow': expected one of 'auto', 'full'; got 'half'/],
  [{ trace: 'on' }, /'trace': expected true or false; got 'on'/],
  [{ onSegment: [] }, /'onSegment': expected a function; got an array of 0/],
  [{ onToken: {} }, /'onToken': expected a function; got Object/],
  [{ onProgress: 0 }, /'onProgress': expected a function; got 0/],
  [{ signal: 'stop' }, /'signal': expected an AbortSignal; got 'stop'/],
  [null, /expected an object of options; got null/],
];

for (const [options, message] of transcribeCases) {
  test(`transcribe refuses ${JSON.stringify(options)}`, async () => {
    await assert.rejects(transcriber.transcribe(silence, options), refusal(message));
    await assert.rejects(transcribe(silence, options), refusal(message));
  });
}

test('what depends on the model, or on other options, is refused by the core', async () => {
  for (const [options, message] of [
    [
      { batchSize: 2, timestamps: 'word', hallucinationSilenceThreshold: 2 },
      /hallucination_silence_threshold: expected batch_size 1/,
    ],
    [{ noRepeatNgramSize: 500 }, /no_repeat_ngram_size: expected 0 to 448, got 500/],
    [{ suppressTokens: [51864] }, /suppress_tokens: expected -1 to 51863, got 51864/],
    [{ vad: { maxSpeechS: 0.5 } }, /max_speech_s: expected above 0.864/],
    [{ clipTimestamps: [2, 1] }, /clip_timestamps: expected seconds that increase .*, got 1/],
    [{ clipTimestamps: [2], vad: true }, /clip_timestamps: expected none where silence is/],
    [{ maxNewTokens: 449 }, /max_new_tokens: expected 0 to 448, got 449/],
  ]) {
    await assert.rejects(transcriber.transcribe(silence, options), refusal(message));
  }
});

test('a language that the model lacks, and a task that it cannot do, are refused', async () => {
  const refused = { name: 'OptionError', message: /en/ };
  await assert.rejects(transcriber.transcribe(silence, { language: 'de' }), refused);
  await assert.rejects(transcriber.transcribe(silence, { language: 'klingon' }), refused);
  await assert.rejects(transcriber.transcribe(silence, { task: 'translate' }), OptionError);
});

test('undefined means the default', async () => {
  const names = [
    ...['language', 'task', 'timestamps', 'onSegment', 'signal', 'trace', 'initialPrompt'],
    ...['beamSize', 'temperatures', 'lengthPenalty', 'suppressTokens', 'seed', 'maxNewTokens'],
  ];
  const options = Object.fromEntries(names.map((name) => [name, undefined]));
  const { text } = await transcriber.transcribe(new Float32Array(0), options);
  assert.equal(text, '');
});

// Samples whose buffer went elsewhere, as by postMessage.
function handedOver() {
  const samples = new Float32Array(160);
  structuredClone(samples.buffer, { transfer: [samples.buffer] });
  return samples;
}

const audioCases = [
  [handedOver(), /audio\.samples: expected a buffer that is there; got one that was handed over/],
  [{ samples: [handedOver()], sampleRate: 16000 }, /audio\.samples: .* was handed over/],
  [undefined, /audio: expected a Float32Array, .*; got undefined/],
  [null, /audio: .*; got null/],
  [42, /audio: .*; got 42/],
  [[0, 0], /audio: .*; got an array of 2/],
  [new Int16Array(5), /audio: .*; got Int16Array/],
  [new ArrayBuffer(8), /audio: .*; got ArrayBuffer/],
  [{ samples: [], sampleRate: 16000 }, /audio\.samples: .*; got an array of 0/],
  [{ samples: new Int16Array(5), sampleRate: 16000 }, /audio\.samples: .*; got Int16Array/],
  [{ samples: silence }, /audio\.sampleRate: expected .*; got undefined/],
  [{ samples: silence, sampleRate: 0 }, /audio\.sampleRate: expected .*; got 0/],
  [{ samples: silence, sampleRate: -5 }, /audio\.sampleRate: expected .*; got -5/],
  [{ samples: silence, sampleRate: 999 }, /expected a whole number from 1000 to 768000; got 999/],
  [{ samples: silence, sampleRate: 44100.5 }, /audio\.sampleRate: expected .*; got 44100\.5/],
  [{ samples: silence, sampleRate: 768001 }, /audio\.sampleRate: expected .*; got 768001/],
  [{ samples: silence, sampleRate: Number.NaN }, /audio\.sampleRate: expected .*; got NaN/],
  [
    { samples: [silence, new Float32Array(5)], sampleRate: 16000 },
    /audio\.samples: expected channels of the same length; got 160, 5/,
  ],
];

for (const [audio, message] of audioCases) {
  test(`audio that is none is refused: ${message}`, async () => {
    await assert.rejects(transcriber.transcribe(audio), (error) => {
      assert.ok(error instanceof AudioError);
      assert.match(error.message, message);
      return true;
    });
  });
}

test('the lowest and the highest rate are taken', async () => {
  for (const sampleRate of [1000, 768000]) {
    const samples = new Float32Array(sampleRate / 2);
    const { timings } = await transcriber.transcribe({ samples, sampleRate });
    assert.equal(timings.audio_ms, 500);
  }
});

// Voice activity through the package: silence gives no text, or is left out; where its weights come from.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { jfkSamples, kJfkText, kModel, kModels, loadPackage } from '../lib/assets.mjs';

const { createTranscriber, FileError, ModelFormatError, OptionError } = await loadPackage();

const kWeights = path.join(kModels, 'silero_vad_16k.safetensors');
// Where there are no weights.
const kElsewhere = path.dirname(kModels);

const kLateS = 8;
const late = new Float32Array((kLateS + 11) * 16000);
late.set(jfkSamples(), kLateS * 16000);
// Noise that falls by 6 dB an octave, drawn by a linear congruential generator.
let state = 1;
let level = 0;
const rumble = Float32Array.from({ length: 20 * 16000 }, () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  level = 0.9 * level + 0.1 * (state / 2 ** 31 - 1);
  return level;
});

let transcriber;
before(async () => {
  transcriber = await createTranscriber({ model: kModel });
});
after(() => transcriber.close());

async function using(options, work) {
  const made = await createTranscriber({ model: kModel, ...options });
  try {
    return await work(made);
  } finally {
    made.close();
  }
}

test('by default, noise gives no text', async () => {
  const { text, segments, timings } = await transcriber.transcribe(rumble);
  assert.equal(text, '');
  assert.deepEqual(segments, []);
  assert.equal(timings.windows, 0);
  assert.equal(timings.audio_ms, 20_000);
});

test('with vad: true, silence is left out and times are the original', async () => {
  for (const vad of [undefined, true, {}, { minSilenceMs: 1000, speechPadMs: 100 }]) {
    const { text, segments, timings } = await transcriber.transcribe(late, { vad });
    assert.match(text, kJfkText);
    const { start } = segments[0];
    assert.ok(start > kLateS - 0.6 && start < kLateS + 0.6, `${start}`);
    assert.ok(timings.vad_ms > 0);
    assert.equal(timings.audio_ms, (kLateS + 11) * 1000);
  }
  const none = await transcriber.transcribe(late, { vad: { minSpeechMs: 60_000 } });
  assert.equal(none.text, '');
});

test('with vad: false, all is left to the model', async () => {
  const { segments, timings } = await transcriber.transcribe(late, { vad: false });
  assert.ok(segments[0].start < 1);
  assert.equal(timings.vad_ms, 0);
});

test('clipTimestamps: what is said there only', async () => {
  const { text, segments } = await transcriber.transcribe(jfkSamples(), {
    clipTimestamps: [7.9, 11],
  });
  assert.match(text, /^Ask what you can do for your country\.?$/i);
  assert.ok(segments[0].start >= 7.9);
});

test('the weights are a file beside the models, or one that is named', async () => {
  await using({ modelBaseUrl: kElsewhere }, async (made) => {
    // Nobody asked for them.
    const { text, timings } = await made.transcribe(jfkSamples());
    assert.match(text, kJfkText);
    assert.equal(timings.vad_ms, 0);
    await assert.rejects(made.transcribe(late, { vad: true }), FileError);
    // It goes on working.
    assert.equal((await made.transcribe(late, { vad: false })).timings.vad_ms, 0);
  });
  for (const vadModel of [kWeights, new Blob([readFileSync(kWeights)])]) {
    await using({ modelBaseUrl: kElsewhere, vadModel }, async (made) => {
      assert.ok((await made.transcribe(jfkSamples())).timings.vad_ms > 0);
    });
  }
  await using({ vadModel: path.join(kModels, 'none') }, async (made) => {
    await assert.rejects(made.transcribe(rumble), FileError);
  });
  await using({ vadModel: new Blob(['no weights']) }, async (made) => {
    await assert.rejects(made.transcribe(rumble), ModelFormatError);
  });
  await assert.rejects(createTranscriber({ model: kModel, vadModel: 7 }), OptionError);
});

// Long files through the package: consumed in pieces, in the same memory, one window at a time or
// several.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { jfkSamples, kModel, loadPackage } from '../lib/assets.mjs';
import { longWav, placesOf } from '../lib/long_wav.mjs';

const { createTranscriber } = await loadPackage();

const folder = mkdtempSync(path.join(os.tmpdir(), 'sotto-long-'));
const short = path.join(folder, 'short.wav');
const long = path.join(folder, 'long.wav');
before(() => {
  writeFileSync(short, longWav(3));
  writeFileSync(long, longWav(30));
});
after(() => rmSync(folder, { recursive: true }));

// What the issue of memory is about: heap beyond the model's weights.
const kMost_bytes = 150 * 2 ** 20;

for (const batchSize of [1, 4]) {
  test(`the heap does not grow with the length: batchSize ${batchSize}`, async () => {
    const transcriber = await createTranscriber({ model: kModel });
    const few = await transcriber.transcribe(short, { batchSize });
    const many = await transcriber.transcribe(long, { batchSize });
    transcriber.close();
    assert.deepEqual(placesOf(few.segments), [0]);
    assert.deepEqual(placesOf(many.segments), [0, 600, 1200]);
    assert.equal(many.timings.audio_ms, 30 * 60_000);
    assert.equal(many.timings.peak_heap_bytes, few.timings.peak_heap_bytes);
    assert.ok(many.timings.peak_heap_bytes < kMost_bytes + transcriber.info.model.weightsBytes);
  });
}

test('batched: an abort while several windows are decoded stops them in time', async () => {
  const transcriber = await createTranscriber({ model: kModel });
  const speech = jfkSamples();
  const samples = new Float32Array(8 * speech.length);
  for (let i = 0; i < 8; i++) samples.set(speech, i * speech.length);
  const controller = new AbortController();
  let aborted_ms = 0;
  const call = transcriber.transcribe(samples, {
    batchSize: 3,
    signal: controller.signal,
    // There is text only while windows are decoded.
    onToken: () => {
      if (aborted_ms === 0) aborted_ms = performance.now();
      controller.abort();
    },
  });
  await assert.rejects(call, { name: 'AbortError' });
  const taken_ms = performance.now() - aborted_ms;
  transcriber.close();
  assert.ok(aborted_ms > 0);
  assert.ok(taken_ms < 300, `${taken_ms} ms`);
});

test('batched: every window says what it says alone, in their order', async () => {
  const transcriber = await createTranscriber({ model: kModel });
  const speech = jfkSamples();
  const piece_samples = speech.length + 48000;
  const samples = new Float32Array(6 * piece_samples);
  for (let i = 0; i < 6; i++) samples.set(speech, i * piece_samples);
  const words = (text) => text.toLowerCase().match(/[a-z]+/g);
  const alone = await transcriber.transcribe(samples.subarray(0, piece_samples), {
    timestamps: 'word',
  });
  // A window each: of a sentence that is said twice in one, Whisper may write one.
  const clipTimestamps = Array.from(
    { length: 12 },
    (_, i) => (((i + 1) >> 1) * piece_samples) / 16000,
  );
  const seen = [];
  const together = await transcriber.transcribe(samples, {
    timestamps: 'word',
    clipTimestamps,
    batchSize: 3,
    onSegment: (segment) => seen.push(segment),
  });
  transcriber.close();
  assert.deepEqual(words(together.text), Array(6).fill(words(alone.text)).flat());
  assert.deepEqual(seen, together.segments);
  const starts = together.segments.flatMap(({ words }) => words.map(({ start }) => start));
  assert.deepEqual(
    starts,
    [...starts].sort((a, b) => a - b),
  );
});

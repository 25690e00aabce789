// sotto transcribe where nobody speaks.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { jfkSamples, kJfk, kJfkText, kModel } from '../lib/assets.mjs';
import { makeWav } from '../lib/wav.mjs';
import { sotto, temporaryFolder, transcribe } from './sotto.mjs';

const folder = temporaryFolder();
after(folder.remove);

const late = folder.file('late.wav');
const rumble = folder.file('rumble.wav');
const kLateS = 8;
const samples = jfkSamples();
const delayed = new Float32Array(kLateS * 16000 + samples.length);
delayed.set(samples, kLateS * 16000);
writeFileSync(late, makeWav(delayed));
// Noise that falls by 6 dB an octave, drawn by a linear congruential generator.
let state = 1;
let level = 0;
const noise = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  level = 0.9 * level + 0.1 * (state / 2 ** 31 - 1);
  return level;
};
writeFileSync(rumble, makeWav(Float32Array.from({ length: 20 * 16000 }, noise)));

test('silence gives no text, and speech behind it begins where it does', async () => {
  assert.equal(await transcribe([rumble]), '');
  for (const args of [[], ['--vad']]) {
    const { text, segments, timings } = JSON.parse(await transcribe([late, '--json', ...args]));
    assert.match(text, kJfkText);
    assert.ok(segments[0].start > kLateS - 0.6 && segments[0].start < kLateS + 0.6, `${args}`);
    assert.equal(timings.audio_ms, (kLateS + 11) * 1000);
    assert.ok(timings.vad_ms > 0);
  }
});

test('--no-vad leaves it to the model', async () => {
  const { timings, segments } = JSON.parse(await transcribe([late, '--json', '--no-vad']));
  assert.equal(timings.vad_ms, 0);
  assert.ok(segments[0].start < 1);
});

test('--vad-* decide what is silence', async () => {
  // Not even JFK is that sure to speak for a whole minute.
  const args = ['--vad', '--vad-threshold', '0.9', '--vad-min-speech-ms', '60000'];
  assert.equal(await transcribe([kJfk, ...args]), '');
  const bad = await sotto(['transcribe', '-m', kModel, '--vad-threshold', '2', kJfk]);
  assert.equal(bad.code, 2);
  assert.match(bad.stderr, /threshold: expected/);
});

test('--clip-timestamps: what is said there only', async () => {
  const args = ['--clip-timestamps', '7.9,11', '--json', '--no-vad'];
  const { text, segments } = JSON.parse(await transcribe([kJfk, ...args]));
  assert.match(text, /^Ask what you can do for your country\.?$/i);
  assert.ok(segments[0].start >= 7.9);
  const bad = await sotto(['transcribe', '-m', kModel, '--clip-timestamps', '3,2', kJfk]);
  assert.equal(bad.code, 2);
  assert.match(bad.stderr, /clip_timestamps: expected/);
});

test('weights that are not there, or none', async () => {
  for (const name of ['missing.safetensors', path.basename(late)]) {
    const args = ['--vad-model', folder.file(name), kJfk];
    const { code, stderr } = await sotto(['transcribe', '-m', kModel, ...args]);
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`^sotto: [^\n]*${name}: [^\n]+\n$`));
  }
});

// Files of any length in the same memory: they are decoded and consumed in pieces.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { longWav, placesOf } from '../lib/long_wav.mjs';
import { sotto, temporaryFolder } from './sotto.mjs';

const folder = temporaryFolder();
const short = folder.file('short.wav');
const long = folder.file('long.wav');
before(() => {
  writeFileSync(short, longWav(3));
  writeFileSync(long, longWav(30));
});
after(() => folder.remove());

// Of what the system counts for a process; the 27 minutes more are 52 MB in 16 bits.
const kNoise_bytes = 8 * 2 ** 20;

async function transcript(file, args) {
  const { code, stdout, stderr } = await sotto(['transcribe', file, '--json', ...args]);
  assert.equal(code, 0, stderr);
  const { segments, timings } = JSON.parse(stdout);
  return { places: placesOf(segments), timings };
}

for (const args of [[], ['--vad', '--batch-size', '4']]) {
  test(`memory does not depend on the length: ${args.join(' ') || 'by default'}`, async () => {
    const few = await transcript(short, args);
    const many = await transcript(long, args);
    assert.deepEqual(few.places, [0]);
    assert.deepEqual(many.places, [0, 600, 1200]);
    assert.equal(many.timings.audio_ms, 30 * 60_000);
    const more = many.timings.peak_heap_bytes - few.timings.peak_heap_bytes;
    assert.ok(more < kNoise_bytes, `${more} bytes more`);
  });
}

// How the audio of live captions is handed over: blocks of what a device gives, and pushed samples.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importSource } from '../lib/source.mjs';

const { BlockWriter } = await importSource('web/block_writer.ts');
const { PushedAudio } = await importSource('web/live_audio.ts');

const kRate = 16000;

// A writer whose blocks and reports are kept; `returns` gives each block's memory back at once.
function recorder(returns) {
  const blocks = [];
  const reports = [];
  const writer = new BlockWriter(kRate, {
    block: ({ samples, frames, startFrame }) => {
      blocks.push({ samples: samples.slice(0, frames), startFrame, memory: samples });
      if (returns) writer.give(samples);
    },
    report: (report) => reports.push({ ...report }),
  });
  return { writer, blocks, reports };
}

test('blocks hold all samples in order, whatever the size of the calls', () => {
  const { writer, blocks, reports } = recorder(true);
  writer.refill();
  const samples = Float32Array.from({ length: 5000 }, (_, i) => Math.sin(i));
  for (let start = 0, size = 128; start < samples.length; start += size, size = 100 + (size % 61)) {
    const part = samples.subarray(start, start + size);
    writer.write([part], part.length);
  }
  writer.flush();
  writer.flush();
  const heard = blocks.flatMap((block) => [...block.samples]);
  assert.deepEqual(heard, [...samples]);
  assert.deepEqual(
    blocks.map(({ startFrame }) => startFrame),
    blocks.map((_, index) => index * writer.blockFrames),
  );
  assert.equal(reports.at(-1).frames, samples.length);
  assert.equal(reports.at(-1).lostBlocks, 0);
  // Memory that came back is used again: the last ones given are the first ones taken.
  assert.ok(new Set(blocks.map(({ memory }) => memory)).size < blocks.length);
});

test('channels are mixed to their mean, and loudness is that of the mix', () => {
  const { writer, blocks, reports } = recorder(true);
  writer.refill();
  const left = new Float32Array(writer.blockFrames).fill(0.5);
  const right = new Float32Array(writer.blockFrames).fill(-0.25);
  writer.write([left, right], left.length);
  assert.ok(blocks[0].samples.every((value) => value === 0.125));
  assert.equal(reports[0].peak, 0.125);
  assert.ok(Math.abs(reports[0].rms - 0.125) < 1e-6);
  assert.deepEqual([reports[0].isSound, reports[0].isConnected], [true, true]);
  writer.write([], writer.blockFrames);
  assert.deepEqual([reports[1].isSound, reports[1].isConnected], [false, false]);
});

test('blocks for which there is no memory are counted, and leave their place in time', () => {
  const { writer, blocks, reports } = recorder(false);
  writer.refill();
  const silence = new Float32Array(writer.blockFrames);
  for (let i = 0; i < writer.poolBlocks + 3; i++) writer.write([silence], silence.length);
  assert.equal(blocks.length, writer.poolBlocks);
  assert.equal(reports.at(-1).lostBlocks, 3);
  writer.give(blocks[0].memory);
  writer.write([silence], silence.length); // The one that had begun without memory.
  writer.write([silence], silence.length);
  assert.equal(reports.at(-1).lostBlocks, 4);
  assert.equal(blocks.at(-1).startFrame, (writer.poolBlocks + 4) * writer.blockFrames);
  writer.give(new Float32Array(7)); // Not of this writer.
  writer.write([silence], silence.length);
  assert.equal(reports.at(-1).lostBlocks, 5);
});

test('what was handed on is handed on once more, from any frame that is kept', () => {
  const { writer, blocks } = recorder(false);
  const kept = 24 * kRate;
  const samples = Float32Array.from({ length: kept + 10_000 }, (_, i) => (i % 4099) / 4099);
  const write = (begin, end) => {
    for (let at = begin; at < end; at += 128) {
      const part = samples.subarray(at, Math.min(at + 128, end));
      writer.write([part], part.length);
    }
  };
  writer.refill();
  writer.repeat(0);
  assert.equal(blocks.length, 0);
  write(0, 3000);
  const { length } = blocks;
  writer.refill();
  writer.repeat(700);
  const end = length * writer.blockFrames;
  assert.deepEqual(blocks.at(-1).samples, samples.slice(700, end));
  assert.equal(blocks.at(-1).startFrame, 700);
  // What follows begins where that ends: the block that had begun.
  write(3000, 4000);
  assert.equal(blocks[length + 1].startFrame, end);
  assert.deepEqual(blocks[length + 1].samples[0], samples[end]);
  // Lost ones are among it, and what is too old is not.
  write(4000, samples.length);
  writer.repeat(0);
  const last = blocks.at(-1);
  assert.equal(last.startFrame, samples.length - kept);
  const till = last.startFrame + last.samples.length;
  assert.ok(till > samples.length - writer.blockFrames);
  assert.deepEqual(last.samples, samples.slice(last.startFrame, till));
});

test('pushed samples are sent once more to another worker, as far as it asks for them', async () => {
  const audio = new PushedAudio({ report: () => {} });
  const samples = Float32Array.from({ length: 40 * kRate }, (_, i) => (i % 4099) / 4099);
  const attach = (from_s) => {
    const { port1, port2 } = new MessageChannel();
    const got = [];
    port2.on('message', (message) => got.push(message));
    audio.attach(port1, from_s);
    const until = async (count) => {
      while (got.length < count) await new Promise((resolve) => setImmediate(resolve));
      return got.splice(0);
    };
    const read = () => port2.postMessage({ samples: new Float32Array() });
    return { until, read, close: () => port2.close() };
  };
  const spanOf = ({ startFrame, samples: part }) => {
    assert.deepEqual(part, samples.subarray(startFrame, startFrame + part.length));
    return [startFrame / kRate, (startFrame + part.length) / kRate];
  };
  const push = (begin_s, end_s) =>
    audio.push(samples.subarray(begin_s * kRate, end_s * kRate), kRate);
  push(0, 2);
  const first = attach(0);
  push(2, 3);
  assert.deepEqual((await first.until(2)).map(spanOf), [[0, 2], [2, 3]]); // biome-ignore format: pairs
  const second = attach(1.5);
  assert.deepEqual((await second.until(2)).map(spanOf), [[1.5, 2], [2, 3]]); // biome-ignore format: pairs
  // Of what was read, so much is kept; of what was not, all.
  push(3, 35);
  push(35, 40);
  await second.until(2);
  for (let i = 0; i < 3; i += 1) second.read();
  await new Promise((resolve) => setTimeout(resolve, 20));
  audio.pause();
  await audio.end();
  await second.until(2);
  const third = attach(0);
  const [early, late, pause, end] = await third.until(4);
  assert.deepEqual([early, late].map(spanOf), [[11, 35], [35, 40]]); // biome-ignore format: pairs
  assert.deepEqual([pause.type, end.type], ['pause', 'end']);
  for (const each of [first, second, third]) each.close();
  audio.close();
});

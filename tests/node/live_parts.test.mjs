// The parts of live captions that need no engine: blocks, the watchdog, phrases, the queue, results.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importSource } from '../lib/source.mjs';

const { BlockWriter } = await importSource('web/block_writer.ts');
const { PushedAudio } = await importSource('web/live_audio.ts');
const { Watchdog } = await importSource('web/watchdog.ts');
const { Phrases } = await importSource('web/phrases.ts');
const { UpdateQueue } = await importSource('web/update_queue.ts');
const { ResultList } = await importSource('web/speech_events.ts');

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

// A watchdog with a clock that stands where the test puts it.
function watched(expectsSound = true) {
  const seen = [];
  const dog = new Watchdog({ expectsSound }, (health) => seen.push(health), 0);
  const run = (from_ms, to_ms, block) => {
    for (let now = from_ms; now <= to_ms; now += 100) {
      if (block) dog.block(now, block);
      if (now % 500 === 0) dog.tick(now);
    }
  };
  return { dog, seen, run };
}

const kSound = { isSound: true, isConnected: true };
const kZeros = { isSound: false, isConnected: true };
const kNothing = { isSound: false, isConnected: false };

test('the watchdog tells of zeros, of nothing, and of the way back', () => {
  const { seen, run } = watched();
  run(0, 5000, kSound);
  assert.deepEqual(seen, []);
  run(5100, 12000, kZeros);
  assert.deepEqual(seen, ['silent-input']);
  run(12100, 13000, kSound);
  run(13100, 17000, undefined);
  assert.deepEqual(seen, ['silent-input', 'ok', 'no-input']);
  run(17100, 18000, kSound);
  run(18100, 22000, kNothing);
  assert.deepEqual(seen.slice(3), ['ok', 'no-input']);
});

test('the watchdog expects no sound of a tab, but blocks', () => {
  const { seen, run } = watched(false);
  run(0, 20000, kZeros);
  run(20100, 30000, kNothing);
  assert.deepEqual(seen, []);
  run(30100, 34000, undefined);
  assert.deepEqual(seen, ['no-input']);
});

test('the watchdog knows of lost devices, suspension and pauses', () => {
  const { dog, seen, run } = watched();
  dog.setSuspended(true, 100);
  run(200, 9000, undefined);
  dog.setSuspended(false, 9000);
  assert.deepEqual(seen, ['suspended', 'ok']);
  dog.setPaused(true, 9100);
  run(9200, 30000, undefined);
  assert.deepEqual(seen, ['suspended', 'ok']);
  dog.setLost(true, 30000);
  dog.setPaused(false, 30100);
  dog.setLost(false, 30200);
  assert.deepEqual(seen, ['suspended', 'ok', 'device-lost', 'ok']);
});

test('the watchdog of a page that was held up waits for the blocks behind', () => {
  const { dog, seen, run } = watched();
  run(0, 1000, kSound);
  dog.tick(61000);
  dog.block(61010, kSound);
  run(61100, 62000, kSound);
  assert.deepEqual(seen, []);
});

const word = (text, start, end = start + 0.4) => ({ word: text, start, end, probability: 0.5 });
const step = (words, tentative, utteranceEnded = false) => ({
  words,
  tentative,
  utteranceEnded,
  lagMs: 100,
});

test('phrases grow, end with the utterance, and number themselves', () => {
  const phrases = new Phrases();
  const first = phrases.take(step([], ' And so'));
  assert.deepEqual(first, [
    { phrase: 0, confirmed: '', tentative: 'And so', words: [], isFinal: false, lagMs: 100 },
  ]);
  assert.deepEqual(phrases.take(step([], ' And so')), []);
  const and = word(' And', 0);
  const [grown] = phrases.take(step([and], ' so my'));
  assert.deepEqual([grown.confirmed, grown.tentative, grown.words], ['And', ' so my', [and]]);
  const [ended] = phrases.take(step([word(' so', 1)], '', true));
  assert.deepEqual([ended.confirmed, ended.tentative, ended.isFinal], ['And so', '', true]);
  const [next] = phrases.take(step([word(' Ask', 3)], ''));
  assert.deepEqual([next.phrase, next.confirmed], [1, 'Ask']);
  const segments = phrases.segments();
  assert.deepEqual(
    segments.map(({ id, text, start, end }) => [id, text, start, end]),
    [
      [0, ' And so', 0, 1.4],
      [1, ' Ask', 3, 3.4],
    ],
  );
  assert.ok(Math.abs(segments[0].avgLogProb - Math.log(0.5)) < 1e-9);
});

test('a long sentence ends a phrase in the middle of an utterance; a short one does not', () => {
  const phrases = new Phrases();
  const words = [word(' Yes.', 0), word(' Long', 1), word(' one.”', 5, 6), word(' More', 6)];
  const updates = phrases.take(step(words, ' to come'));
  assert.deepEqual(
    updates.map(({ phrase, confirmed, tentative, isFinal }) => [
      phrase,
      confirmed,
      tentative,
      isFinal,
    ]),
    [
      [0, 'Yes. Long one.”', '', true],
      [1, 'More', ' to come', false],
    ],
  );
  assert.deepEqual(
    updates.flatMap((update) => update.words),
    words,
  );
});

test('tentative text that comes to nothing is taken back', () => {
  const phrases = new Phrases();
  phrases.take(step([], ' Thank you'));
  const [gone] = phrases.take(step([], '', true));
  assert.deepEqual([gone.confirmed, gone.tentative, gone.isFinal], ['', '', false]);
  assert.deepEqual(phrases.segments(), []);
  assert.deepEqual(phrases.close(), []);
});

test('a slow reader of the queue misses steps, but no word and no phrase', async () => {
  const queue = new UpdateQueue();
  const update = (phrase, confirmed, words, isFinal = false) => ({
    ...{ phrase, confirmed, words, isFinal, tentative: '', lagMs: 0 },
  });
  queue.push(update(0, 'a', ['a']));
  queue.push(update(0, 'a b', ['b']));
  queue.push(update(0, 'a b c', ['c'], true));
  queue.push(update(1, 'd', ['d']));
  queue.end(new Error('over'));
  const [first, second] = [await queue.next(), await queue.next()];
  assert.deepEqual(first.value, update(0, 'a b c', ['a', 'b', 'c'], true));
  assert.deepEqual(second.value, update(1, 'd', ['d']));
  await assert.rejects(queue.next(), /over/);
  assert.equal((await queue.next()).done, true);
});

test('results are replaced until they are final, and have a space between them', () => {
  const results = new ResultList('en', true);
  const update = { phrase: 0, words: [], isFinal: false, lagMs: 0 };
  results.take({ ...update, confirmed: '', tentative: 'And' });
  const words = [{ probability: 0.4 }, { probability: 0.8 }];
  const final = results.take({
    ...update,
    confirmed: 'And so',
    tentative: '',
    words,
    isFinal: true,
  });
  assert.equal(final.resultIndex, 0);
  assert.equal(final.results.length, 1);
  assert.equal(final.results[0].isFinal, true);
  assert.ok(Math.abs(final.results[0][0].confidence - 0.6) < 1e-9);
  const next = results.take({ ...update, phrase: 1, confirmed: 'my', tentative: ' fellow' });
  assert.equal(next.resultIndex, 1);
  const texts = [...next.results].map((result) => result.item(0).transcript);
  assert.deepEqual(texts, ['And so', ' my fellow']);
  assert.equal(final.results.length, 1);
});

test('who wants no interim results gets none, and no space in Japanese', () => {
  const results = new ResultList('ja', false);
  const update = { phrase: 0, words: [], lagMs: 0, tentative: '' };
  assert.equal(results.take({ ...update, confirmed: '今日', isFinal: false }), undefined);
  results.take({ ...update, confirmed: '今日は', isFinal: true });
  const last = results.take({ ...update, phrase: 1, confirmed: '雨', isFinal: true });
  assert.equal(last.results.item(1)[0].transcript, '雨');
});

// The parts of live captions that need no engine: the watchdog, phrases, the queue, results.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importSource } from '../lib/source.mjs';

const { Watchdog } = await importSource('web/watchdog.ts');
const { Phrases } = await importSource('web/phrases.ts');
const { UpdateQueue } = await importSource('web/update_queue.ts');
const { ResultList } = await importSource('web/speech_events.ts');

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

test('the watchdog tells a browser that does not start from one that waits for a click', () => {
  const { dog, seen, run } = watched();
  // Until a click, for as long as that takes.
  for (let now = 0; now <= 9000; now += 500) dog.setSuspended(true, now);
  run(9000, 9500, undefined);
  assert.deepEqual(seen, ['suspended']);
  const mayRun = true;
  for (let now = 10_000; now <= 12_500; now += 500) dog.setSuspended(true, now, mayRun);
  assert.deepEqual(seen, ['suspended']);
  dog.setSuspended(true, 13_500, mayRun);
  assert.deepEqual(seen, ['suspended', 'no-output']);
  dog.setSuspended(false, 20_000);
  run(20_000, 22_000, kSound);
  assert.deepEqual(seen, ['suspended', 'no-output', 'ok']);
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

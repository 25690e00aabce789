// The end-to-end check's verdicts, and what it says to arguments that make no sense.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { listVariants } from '../../scripts/lib/cmake.mjs';
import { kBackends, kJfkWords } from '../../scripts/lib/e2e/backends.mjs';
import { crowding, judge, wordsOf } from '../../scripts/lib/e2e/judge.mjs';
import { inRoot } from '../../scripts/lib/paths.mjs';

const timings = {
  load_ms: 100,
  mel_ms: 3,
  encode_ms: 800,
  decode_ms: 100,
  total_ms: 1100,
  audio_ms: 11000,
  peak_heap_bytes: 87e6,
};
const text = ' And so, my fellow Americans: ask not what your country can do for you;';
const words = 'and so my fellow americans ask not what your country can do for you';

describe('judge', () => {
  it('passes the right words in time, whatever their punctuation', () => {
    assert.deepEqual(judge({ text, timings }, { maxRtf: 0.2 }, words), { rtf: 0.1, failures: [] });
  });

  it('fails one wrong, missing or repeated word', () => {
    for (const wrong of [text.replace('not', 'now'), text.replace(' not', ''), `${text} you`, '']) {
      const { failures } = judge({ text: wrong, timings }, { maxRtf: 0.2 }, words);
      assert.equal(failures.length, 1, wrong);
      assert.match(failures[0], /^words: expected/);
    }
  });

  it('fails a time beyond the target, and one that is unknown', () => {
    const slow = judge({ text, timings }, { maxRtf: 0.0999 }, words).failures;
    assert.deepEqual(slow, ['real-time factor: expected 0.0999 at most, got 0.100']);
    const none = { ...timings, audio_ms: 0 };
    assert.match(judge({ text, timings: none }, { maxRtf: 1 }, words).failures[0], /got NaN/);
  });

  it('widens the target by the programs that wait for each processor', () => {
    assert.equal(crowding(5, 2), 2.5);
    assert.equal(crowding(1, 2), 1);
    assert.equal(crowding(0, 4), 1);
    assert.deepEqual(judge({ text, timings }, { maxRtf: 0.06 }, words, 2).failures, []);
    assert.equal(judge({ text, timings }, { maxRtf: 0.06 }, words, 1.5).failures.length, 1);
  });

  it('fails a stage or a memory without a figure', () => {
    const { failures } = judge(
      { text, timings: { ...timings, encode_ms: 0, peak_heap_bytes: undefined } },
      { maxRtf: 1 },
      words,
    );
    assert.equal(failures.length, 2);
  });

  it('takes any words of a file that it does not know', () => {
    assert.deepEqual(judge({ text: 'Hola', timings }, { maxRtf: 1 }, undefined).failures, []);
  });
});

describe('backends', () => {
  it('are the native one and every variant', async () => {
    const names = kBackends.map(({ name }) => name);
    for (const name of ['native', ...(await listVariants())]) assert.ok(names.includes(name), name);
  });

  it('each have a target and its reason', () => {
    for (const { maxRtf, why } of kBackends) assert.ok(maxRtf > 0 && maxRtf <= 1 && why.length > 5);
  });

  it('expect words in the form that words are brought to', () => {
    assert.equal(wordsOf(kJfkWords), kJfkWords);
  });
});

describe('arguments', () => {
  const e2e = (...args) =>
    spawnSync(process.execPath, [inRoot('scripts/e2e.mjs'), ...args], { encoding: 'utf8' });

  it('of an unknown backend end with the known ones', () => {
    const { status, stderr } = e2e('simd256');
    assert.equal(status, 1);
    assert.match(stderr, /unknown backend 'simd256'[\s\S]*native\|scalar\|simd128/);
  });

  it('of a file that is not there end before anything is built', () => {
    const { status, stderr } = e2e('native', '--audio', '/no/such.wav');
    assert.equal(status, 1);
    assert.match(stderr, /\/no\/such\.wav: no such file/);
  });
});

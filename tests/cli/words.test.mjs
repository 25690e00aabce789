// sotto transcribe --word-timestamps on the sample speech.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kJfk, kModel } from '../lib/assets.mjs';
import { sotto } from './sotto.mjs';

const run = (args) => sotto(['transcribe', '--model', kModel, kJfk, ...args]);

async function segments(args) {
  const result = await run(['--json', ...args]);
  assert.equal(result.code, 0, result.stderr);
  return JSON.parse(result.stdout).segments;
}

test('the words of a segment spell its text and fill its time', async () => {
  let last = 0;
  const all = await segments(['--word-timestamps']);
  assert.ok(all.length > 0);
  for (const { text, words, start, end } of all) {
    assert.equal(words.map(({ word }) => word).join(''), text);
    assert.equal(words[0].start, start);
    assert.equal(words.at(-1).end, end);
    for (const word of words) {
      assert.ok(word.start >= last && word.end >= word.start && word.end <= 11, word.word);
      assert.ok(word.probability > 0 && word.probability <= 1);
      last = word.end;
    }
  }
});

test('punctuation joins its words, or stays apart', async () => {
  // Told of punctuation, the model writes some.
  const told = ['--word-timestamps', '--initial-prompt', 'Hello, you. This is, yes.'];
  const texts = async (args) => {
    const all = await segments([...told, ...args]);
    return all.flatMap(({ words }) => words.map(({ word }) => word));
  };
  assert.ok((await texts([])).includes(' so,'));
  const apart = await texts(['--append-punctuations', '']);
  assert.ok(apart.includes(' so') && apart.includes(','));
});

test('without the flag there are none; with windows for segments there can be none', async () => {
  assert.ok((await segments([])).every((segment) => !('words' in segment)));
  const result = await run(['--word-timestamps', '--timestamps', 'none']);
  assert.equal(result.code, 2);
  assert.match(result.stderr, /expected --timestamps segment with --word-timestamps/);
});

// Times of words by the package.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { kJfk, kModel, loadPackage } from '../lib/assets.mjs';

const { createTranscriber } = await loadPackage();

describe('words', () => {
  let transcriber;
  before(async () => {
    transcriber = await createTranscriber({ model: kModel, variant: 'simd128' });
  });
  after(() => transcriber.close());

  test('spell the text of their segments, in order of time', async () => {
    const seen = [];
    const result = await transcriber.transcribe(kJfk, {
      timestamps: 'word',
      onSegment: (segment) => seen.push(segment),
    });
    assert.deepEqual(seen, result.segments);
    let last = 0;
    for (const { text, words } of result.segments) {
      assert.equal(words.map(({ word }) => word).join(''), text);
      for (const { start, end, probability } of words) {
        assert.ok(start >= last && end >= start && end <= 11);
        assert.ok(probability > 0 && probability <= 1);
        last = end;
      }
    }
    // openai-whisper hears "Americans" from 1.76 to 2.26 s.
    const word = result.segments[0].words.find((one) => one.word === ' Americans');
    assert.ok(Math.abs(word.start - 1.76) < 0.05 && Math.abs(word.end - 2.26) < 0.05);
    assert.deepEqual(result.toJSON().segments[0].words, result.segments[0].words);
  });

  test('punctuation stays apart where it joins nothing', async () => {
    const options = { timestamps: 'word', initialPrompt: 'Hello, you. This is, yes.' };
    const words = async (more) => {
      const result = await transcriber.transcribe(kJfk, { ...options, ...more });
      return result.segments.flatMap((segment) => segment.words.map(({ word }) => word));
    };
    assert.ok((await words({})).includes(' so,'));
    const apart = await words({ appendPunctuations: '' });
    assert.ok(apart.includes(' so') && apart.includes(','));
  });

  test('are not there unless asked for', async () => {
    const result = await transcriber.transcribe(kJfk);
    for (const segment of result.segments) assert.deepEqual(segment.words, []);
    assert.equal('words' in result.toJSON().segments[0], false);
  });
});

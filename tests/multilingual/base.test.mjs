// Whisper base, 99 languages: which one is heard, what is written, and in English where asked for.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { sotto } from '../cli/sotto.mjs';
import { kJfk, kJfkText, kModels, kRoot, loadPackage } from '../lib/assets.mjs';

const kBase = path.join(kModels, 'base-q8.sotto');
// Recorded speech beside the project, and what openai-whisper in f32 says to it.
const kEval = process.env.SOTTO_EVAL ?? path.join(kRoot, '../shared/eval');

async function transcribe(file, ...args) {
  const result = await sotto(['transcribe', '--model', kBase, '--json', ...args, file]);
  assert.equal(result.code, 0, result.stderr);
  return JSON.parse(result.stdout);
}

function foreignClips() {
  const manifest = path.join(kEval, 'manifest.jsonl');
  if (!existsSync(manifest)) return [];
  const clips = readFileSync(manifest, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return clips.filter(({ lang }) => lang !== 'en' && lang !== 'none');
}

// Letters and digits alone: a comma more or less is no other text.
const letters = (text) => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

describe('the native command', () => {
  test('hears English, says how probable it is, and writes what was said', async () => {
    const result = await transcribe(kJfk);
    assert.equal(result.language, 'en');
    // openai-whisper: 0.959; int8 and folded padding move it.
    assert.ok(Math.abs(result.language_probability - 0.959) < 0.03, result.language_probability);
    assert.match(result.text, kJfkText);
  });

  test('a language that is given is not detected', async () => {
    const result = await transcribe(kJfk, '--language', 'english');
    assert.equal(result.language, 'en');
    assert.equal(result.language_probability, 1);
  });

  test("words are where openai-whisper's base hears them", async () => {
    const { segments } = await transcribe(kJfk, '--word-timestamps');
    const words = segments.flatMap((segment) => segment.words);
    assert.equal(words.length, 22);
    // From its transcribe(word_timestamps=True) in f32.
    const expected = {
      0: [' And', 0, 0.52],
      4: [' Americans', 1.56, 2.1],
      9: [' country', 5.76, 6.24],
      16: [' you', 8.76, 9.04],
    };
    for (const [index, [word, start, end]] of Object.entries(expected)) {
      const actual = words[Number(index)];
      assert.equal(actual.word, word);
      assert.ok(Math.abs(actual.start - start) < 0.041, `${word}: ${actual.start} s`);
      assert.ok(Math.abs(actual.end - end) < 0.041, `${word}: ${actual.end} s`);
    }
  });

  const clips = foreignClips();
  const skip = clips.length > 0 ? false : `skipped: no clips in ${kEval}`;
  test('other languages are heard and written as openai-whisper does', { skip }, async () => {
    let same = 0;
    let short = 0;
    for (const { file, seconds, ref_lang, ref_hyp } of clips) {
      const result = await transcribe(path.join(kEval, file));
      assert.equal(result.language, ref_lang, file);
      assert.ok(result.language_probability > 0.9, `${file}: ${result.language_probability}`);
      // In long ones int8 changes a word here and there, which npm run eval counts.
      if (seconds > 10) continue;
      short += 1;
      if (letters(result.text) === letters(ref_hyp)) same += 1;
    }
    // One hard word may differ.
    assert.ok(same >= short - 1, `${same} of ${short} texts are the same`);
  });

  test('scripts without spaces are timed by characters', { skip }, async () => {
    const chinese = clips.find(({ lang }) => lang === 'zh');
    const { segments } = await transcribe(path.join(kEval, chinese.file), '--word-timestamps');
    const words = segments.flatMap((segment) => segment.words.map(({ word }) => word.trim()));
    assert.ok(words.length >= 8, words.join('|'));
    for (const word of words) assert.ok([...word].length <= 2, word);
  });

  test('translated to English', { skip }, async () => {
    const german = clips.find(({ lang }) => lang === 'de');
    const result = await transcribe(path.join(kEval, german.file), '--task', 'translate');
    assert.equal(result.language, 'de');
    assert.match(result.text, /\b(room|portal)\b/i);
    assert.doesNotMatch(result.text, /\b(der|wurde|Raum)\b/i);
  });
});

describe('the package', () => {
  let transcriber;
  before(async () => {
    const { createTranscriber } = await loadPackage();
    const options = { model: 'base', modelBaseUrl: `${kModels}/`, variant: 'simd128' };
    transcriber = await createTranscriber(options);
  });
  after(() => transcriber.close());

  test('tells the language, and how probable each of all 99 is', async () => {
    assert.equal(transcriber.info.model.multilingual, true);
    const result = await transcriber.transcribe(kJfk);
    assert.match(result.text, kJfkText);
    assert.equal(result.language, 'en');
    const all = Object.entries(result.languageProbabilities);
    assert.equal(all.length, 99);
    assert.equal(all[0][0], 'en');
    assert.equal(all[0][1], result.languageProbability);
    assert.ok(result.languageProbability > 0.9);
    const sum = all.reduce((total, [, probability]) => total + probability, 0);
    assert.ok(Math.abs(sum - 1) < 1e-3);
    assert.equal(result.toJSON().language_probability, result.languageProbability);
  });

  test('takes the language that it is given', async () => {
    const result = await transcriber.transcribe(kJfk, { language: 'de', maxNewTokens: 3 });
    assert.equal(result.language, 'de');
    assert.equal(result.languageProbability, 1);
    assert.deepEqual(result.languageProbabilities, {});
  });
});

// npm run eval, as a user or a script calls it.
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { run } from '../../scripts/lib/exec.mjs';
import { kJfk } from '../lib/assets.mjs';

const kScript = path.resolve(import.meta.dirname, '../../scripts/eval.mjs');
let dir = '';

// What is said in the sample but for one of its 22 words; of the reference's texts the same word is
// wrong, and the other half is missing.
const kSaid =
  'And so, my fellow Martians, ask not what your country can do for you; ask what you can do for your country!';
const kReference = 'And so, my fellow Americans, ask not what your country can';

before(async () => {
  dir = await fs.mkdtemp(path.join(os.tmpdir(), 'sotto-eval-'));
  await fs.copyFile(kJfk, path.join(dir, 'speech.wav'));
  const clip = { file: 'speech.wav', text: kSaid, ref_hyp: kReference };
  const german = { file: 'speech.wav', text: 'Und so', lang: 'de' };
  await fs.writeFile(
    path.join(dir, 'clips.jsonl'),
    [clip, german].map((line) => `${JSON.stringify(line)}\n`).join(''),
  );
});
after(() => fs.rm(dir, { recursive: true, force: true }));

const evaluate = (...args) =>
  run(process.execPath, [kScript, ...args], { check: false, env: { INIT_CWD: dir } });

test('--json prints one object and nothing else on stdout', async () => {
  const { code, stdout, stderr } = await evaluate('--manifest', 'clips.jsonl', '--json');
  assert.equal(code, 0, stderr);
  const result = JSON.parse(stdout);
  assert.equal(result.clips.length, 1, 'the model knows English only');
  assert.equal(result.words, 22);
  assert.equal(result.wer, 1 / 22);
  assert.equal(result.clips[0].wer, 1 / 22);
  assert.equal(result.reference_wer, 12 / 22);
  assert.ok(result.cer > 0 && result.cer < 1 / 22 + 0.1);
  assert.equal(result.settings.beam, 1);
});

test('people get a table, and the package can be asked in place of the native command', async () => {
  const { code, stdout, stderr } = await evaluate(
    ...['--manifest', 'clips.jsonl', '--beam', '2', '--variant', 'simd128', '--window', 'full'],
  );
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^speech\.wav +22 +4\.55 /m);
  assert.match(stdout, /^1 clips +22 +4\.55 +[\d.]+ +54\.55 /m);
});

test('what is wrong with a call is said, with the usage', async () => {
  for (const [args, message] of [
    [[], /expected --manifest FILE/],
    [['--manifest', 'none.jsonl'], /none\.jsonl: no such file/],
    [['--manifest', 'clips.jsonl', '--model', 'none.sotto'], /none\.sotto: no such file/],
    [['--manifest', 'clips.jsonl', '--variant', 'none'], /unknown variant 'none'/],
    [['--window', 'auto', '--what'], /--what/],
  ]) {
    const { code, stdout, stderr } = await evaluate(...args);
    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.match(stderr, message);
    assert.match(stderr, /usage: npm run eval/);
  }
});

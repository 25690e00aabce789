// sotto convert and sotto info on the real weights of tiny.en.
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { kJfk, kRoot } from '../lib/assets.mjs';
import { kTinyEn, sotto, temporaryFolder } from './sotto.mjs';

const folder = temporaryFolder();
after(folder.remove);

const kTinyShape = {
  n_mels: 80,
  n_audio_ctx: 1500,
  n_audio_state: 384,
  n_audio_head: 6,
  n_audio_layer: 4,
  n_vocab: 51864,
  n_text_ctx: 448,
  n_text_state: 384,
  n_text_head: 6,
  n_text_layer: 4,
};

async function info(model) {
  const { code, stdout, stderr } = await sotto(['info', model, '--json']);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

async function convert(...args) {
  const { code, stdout, stderr } = await sotto(['convert', ...args]);
  assert.equal(code, 0, stderr);
  // Nothing but the bar, and that only on a terminal.
  assert.equal(stdout + stderr, '');
}

// Fails with one line that begins with `sotto: ` and holds `words`.
async function fails(args, code, words) {
  const result = await sotto(args);
  assert.equal(result.code, code, result.stderr);
  assert.equal(result.stdout, '');
  assert.match(result.stderr, /^sotto: [^\n]+\n$/);
  for (const word of words) assert.ok(result.stderr.includes(word), result.stderr);
}

describe('convert', () => {
  const q8 = folder.file('q8.sotto');

  test('a CTranslate2 folder becomes int8 tiles, complete with vocabulary and lists', async () => {
    await convert(kTinyEn, q8);
    const model = await info(q8);
    assert.equal(model.format, 'sotto');
    assert.equal(model.multilingual, false);
    assert.deepEqual(model.hyperparameters, kTinyShape);
    assert.equal(model.vocabulary_tokens, 50256);
    const config = JSON.parse(readFileSync(path.join(kTinyEn, 'config.json'), 'utf8'));
    assert.deepEqual(model.alignment_heads, config.alignment_heads);
    assert.deepEqual(model.suppressed_tokens, config.suppress_ids);
    assert.deepEqual(model.suppressed_at_begin, config.suppress_ids_begin);
    // Query, key, value and out of 12 attentions, two layers of 8 blocks, the vocabulary.
    assert.equal(model.dtypes.q8.tensors, 4 * 12 + 2 * 8 + 1);
    assert.equal(model.file_bytes, readFileSync(q8).length);
    const source = await info(kTinyEn);
    assert.equal(source.format, 'ctranslate2');
    assert.deepEqual(
      model.tensors.map(({ name, shape }) => ({ name, shape })),
      source.tensors.map(({ name, shape }) => ({ name, shape })),
    );
  });

  test('the folder and its model.bin are the same', async () => {
    const copy = folder.file('from-bin.sotto');
    await convert(path.join(kTinyEn, 'model.bin'), copy);
    assert.ok(readFileSync(copy).equals(readFileSync(q8)));
  });

  test('a .sotto converts to itself, and halves to the same int8', async () => {
    const again = folder.file('again.sotto');
    await convert(q8, again);
    assert.ok(readFileSync(again).equals(readFileSync(q8)));
    const halves = folder.file('f16.sotto');
    await convert(kTinyEn, halves, '--dtype', 'f16');
    const model = await info(halves);
    assert.deepEqual(Object.keys(model.dtypes), ['f16']);
    await convert(halves, again);
    assert.ok(readFileSync(again).equals(readFileSync(q8)));
  });

  test('in place: source and destination may be one file', async () => {
    const model = folder.file('in-place.sotto');
    cpSync(q8, model);
    await convert(model, model);
    assert.ok(readFileSync(model).equals(readFileSync(q8)));
  });

  test('--dtype f32 stores floats', async () => {
    const floats = folder.file('f32.sotto');
    await convert(q8, floats, '--dtype', 'f32');
    const model = await info(floats);
    assert.equal(model.dtypes.f32.tensors, 65);
    assert.equal(model.dtypes.q8, undefined);
  });

  test('--tokenizer gives the vocabulary where the folder has none', async () => {
    const bare = folder.file('bare');
    mkdirSync(bare);
    cpSync(path.join(kTinyEn, 'model.bin'), path.join(bare, 'model.bin'));
    const destination = folder.file('bare.sotto');
    await fails(['convert', bare, destination], 1, [bare]);
    assert.equal(existsSync(destination), false);
    const table = path.join(kRoot, '.cache/assets/whisper/gpt2.tiktoken');
    await convert(bare, destination, '--tokenizer', table);
    const model = await info(destination);
    assert.equal(model.vocabulary_tokens, 50256);
    assert.deepEqual(model.alignment_heads, []);
    const other = path.join(kRoot, '.cache/assets/whisper/no-such.tiktoken');
    await fails(['convert', bare, destination, '--tokenizer', other], 1, ['no-such.tiktoken']);
  });

  test('what fails leaves no file behind', async () => {
    const destination = folder.file('none', 'x.sotto');
    await fails(['convert', kTinyEn, destination], 1, [destination]);
    const damaged = folder.file('damaged.sotto');
    const bytes = readFileSync(q8);
    bytes[bytes.length - 100] ^= 4;
    writeFileSync(damaged, bytes);
    const before = readdirSync(folder.file('.'));
    await fails(['convert', damaged, folder.file('x.sotto')], 1, ['checksum', 'expected', 'got']);
    assert.deepEqual(readdirSync(folder.file('.')), before);
  });
});

describe('info', () => {
  test('says in words what --json says', async () => {
    const { code, stdout } = await sotto(['info', kTinyEn]);
    assert.equal(code, 0);
    assert.match(stdout, /^format +ctranslate2$/m);
    assert.match(stdout, /^languages +English only$/m);
    for (const [name, value] of Object.entries(kTinyShape)) {
      assert.match(stdout, new RegExp(`^${name} +${value}$`, 'm'));
    }
    assert.match(stdout, /^f16 +167 +37760256 +75520512$/m);
  });

  test('files that are no models, or end early, are refused in one line', async () => {
    await fails(['info', kJfk], 1, [kJfk, '52 49 46 46']);
    await fails(['info', folder.file('missing')], 1, ['missing']);
    await fails(['info', folder.file('.')], 1, ['model.bin']);
    const bytes = readFileSync(path.join(kTinyEn, 'model.bin'));
    for (const size of [0, 7, 8, 30, 5000, bytes.length - 1]) {
      const cut = folder.file('cut.bin');
      writeFileSync(cut, bytes.subarray(0, size));
      await fails(['info', cut], 1, ['expected', 'got']);
    }
  });
});

test('usage errors end with 2 and say what was wrong', async () => {
  await fails([], 2, ['subcommand']);
  await fails(['convert'], 2, ['source']);
  await fails(['convert', 'a'], 2, ['destination']);
  await fails(['convert', 'a', 'b', '--dtype', 'q3'], 2, ['q3']);
  await fails(['dance'], 2, ['--help']);
  const help = await sotto(['convert', '--help']);
  assert.equal(help.code, 0);
  assert.match(help.stdout, /--dtype/);
});

// sotto convert and info on Hugging Face folders, made of the real weights of tiny.en.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { kJfk, kJfkText } from '../lib/assets.mjs';
import { hfTensors, inType, writeHfFolder } from '../lib/hugging_face.mjs';
import { kTinyEn, sotto, temporaryFolder } from './sotto.mjs';

const folder = temporaryFolder();
after(folder.remove);

let tensors;
let expected;

async function run(...args) {
  const { code, stdout, stderr } = await sotto(args);
  assert.equal(code, 0, stderr);
  return stdout;
}

async function transcribed(model) {
  const args = ['--model', model, '--json', '--language', 'en', '--temperatures', '0'];
  const { text, segments } = JSON.parse(await run('transcribe', kJfk, ...args));
  return { text, segments };
}

async function converted(name, shards, ...args) {
  writeHfFolder(folder.file(name), kTinyEn, shards);
  const model = folder.file(`${name}.sotto`);
  await run('convert', folder.file(name), model, ...args);
  return model;
}

const inTypes = (dtype) => new Map([...tensors].map(([key, one]) => [key, inType(one, dtype)]));

before(async () => {
  tensors = hfTensors(kTinyEn);
  await run('convert', kTinyEn, folder.file('ct2.sotto'));
  expected = await transcribed(folder.file('ct2.sotto'));
  assert.match(expected.text, kJfkText);
});

describe('a Hugging Face folder', () => {
  test('becomes the same model as the CTranslate2 folder with the same numbers', async () => {
    const model = await converted('f16', [tensors]);
    assert.deepEqual(await transcribed(model), expected);
    const [ours, theirs] = await Promise.all(
      [model, folder.file('ct2.sotto')].map(async (one) =>
        JSON.parse(await run('info', one, '--json')),
      ),
    );
    const sorted = ({ tensors: list }) => list.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    assert.deepEqual(sorted(ours), sorted(theirs));
    for (const key of [
      'hyperparameters',
      'alignment_heads',
      'suppressed_tokens',
      'suppressed_at_begin',
    ]) {
      assert.deepEqual(ours[key], theirs[key], key);
    }
    assert.equal(ours.vocabulary_tokens, theirs.vocabulary_tokens);
    assert.equal(JSON.parse(await run('info', folder.file('f16'), '--json')).format, 'huggingface');
  });

  test('may hold 32-bit floats, and its file be named itself', async () => {
    await converted('f32', [inTypes('F32')]);
    const model = folder.file('f32-file.sotto');
    await run('convert', folder.file('f32', 'model.safetensors'), model);
    assert.deepEqual(await transcribed(model), expected);
  });

  test('may hold bfloat16, which is coarser', async () => {
    const model = await converted('bf16', [inTypes('BF16')]);
    assert.match((await transcribed(model)).text, kJfkText);
  });

  test('may be in several files', async () => {
    const entries = [...tensors];
    const half = entries.length / 2;
    const model = await converted('shards', [
      new Map(entries.slice(0, half)),
      new Map(entries.slice(half)),
    ]);
    assert.deepEqual(await transcribed(model), expected);
  });

  test('may have the output matrix beside the embedding, or in its place', async () => {
    const embedding = 'model.decoder.embed_tokens.weight';
    const both = new Map([...tensors, ['proj_out.weight', tensors.get(embedding)]]);
    assert.deepEqual(await transcribed(await converted('both', [both])), expected);
    both.delete(embedding);
    assert.deepEqual(await transcribed(await converted('output', [both])), expected);
  });

  test('may have fewer layers in the decoder, as distil-whisper has', async () => {
    const fewer = new Map([...tensors].filter(([name]) => !/decoder\.layers\.[23]\./.test(name)));
    const model = await converted('distil', [fewer]);
    const info = JSON.parse(await run('info', model, '--json'));
    assert.equal(info.hyperparameters.n_audio_layer, 4);
    assert.equal(info.hyperparameters.n_text_layer, 2);
    // The list is that of all four layers: only heads that are there can be asked.
    const lists = JSON.parse(readFileSync(path.join(kTinyEn, 'config.json'), 'utf8'));
    const kept = lists.alignment_heads.filter(([layer]) => layer < 2);
    assert.deepEqual(info.alignment_heads, kept);
    assert.ok(Array.isArray((await transcribed(model)).segments));
  });
});

describe('a folder that is none', () => {
  async function refused(name, words) {
    const { code, stderr } = await sotto(['convert', folder.file(name), folder.file('x.sotto')]);
    assert.equal(code, 1);
    assert.match(stderr, /^sotto: [^\n]+\n$/);
    for (const word of words) assert.ok(stderr.includes(word), stderr);
  }
  const edit = (name, file, change) => {
    const at = folder.file(name, file);
    writeFileSync(at, JSON.stringify(change(JSON.parse(readFileSync(at, 'utf8')))));
  };

  test('says which tensor or file is wrong', async () => {
    const few = new Map([...tensors].filter(([name]) => !name.includes('embed_positions')));
    writeHfFolder(folder.file('few'), kTinyEn, [few]);
    await refused('few', ['n_audio_ctx']);
    const bias = { dtype: 'F16', shape: [384], data: Buffer.alloc(768) };
    const biased = new Map([...tensors, ['model.encoder.layers.0.self_attn.k_proj.bias', bias]]);
    writeHfFolder(folder.file('biased'), kTinyEn, [biased]);
    await refused('biased', ['k_proj.bias']);
    const twice = new Map([...tensors, ['encoder.conv1.bias', bias]]);
    writeHfFolder(folder.file('twice'), kTinyEn, [twice]);
    await refused('twice', ['encoder.conv1.bias', 'twice']);
  });

  test('says what of config.json or the index is wrong', async () => {
    writeHfFolder(folder.file('other'), kTinyEn, [tensors]);
    edit('other', 'config.json', (config) => ({ ...config, model_type: 'wav2vec2' }));
    await refused('other', ['model_type', 'wav2vec2']);
    edit('other', 'config.json', (config) => ({
      ...config,
      model_type: 'whisper',
      decoder_attention_heads: 'x',
    }));
    await refused('other', ['config.json']);
    edit('other', 'config.json', (config) => ({ ...config, decoder_attention_heads: 5 }));
    await refused('other', ['heads']);
    writeHfFolder(folder.file('index'), kTinyEn, [new Map(), new Map()]);
    const index = 'model.safetensors.index.json';
    await refused('index', [index, 'weight_map']);
    edit('index', index, () => ({ weight_map: { a: '../f16/model.safetensors' } }));
    await refused('index', [index, 'files beside it']);
    edit('index', index, () => ({ weight_map: { a: 'gone.safetensors' } }));
    await refused('index', ['gone.safetensors']);
  });
});

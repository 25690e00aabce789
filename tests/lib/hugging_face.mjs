// A Hugging Face folder of a model, made of CTranslate2's: the same numbers, as transformers' Whisper
// names and stores them.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

// CTranslate2's binary version 6: what the variables are called, their shapes and bytes (16-bit floats).
function readVariables(file) {
  const bytes = readFileSync(file);
  let at = 4;
  const u32 = () => {
    at += 4;
    return bytes.readUInt32LE(at - 4);
  };
  const name = () => {
    const size = bytes.readUInt16LE(at);
    at += 2 + size;
    return bytes.toString('utf8', at - size, at - 1);
  };
  name();
  u32();
  const variables = new Map();
  for (let count = u32(); count > 0; count--) {
    const key = name();
    const shape = Array.from({ length: bytes.readUInt8(at++) }, u32);
    const type = bytes.readUInt8(at++);
    const size = u32();
    variables.set(key, { shape, type, data: bytes.subarray(at, at + size) });
    at += size;
  }
  return variables;
}

const kModelNames = {
  'encoder/conv1': 'encoder.conv1',
  'encoder/conv2': 'encoder.conv2',
  'encoder/layer_norm': 'encoder.layer_norm',
  'encoder/position_encodings': 'encoder.embed_positions',
  'decoder/embeddings': 'decoder.embed_tokens',
  'decoder/layer_norm': 'decoder.layer_norm',
  'decoder/position_encodings': 'decoder.embed_positions',
};
// Stacked rows have several names.
const kLayerNames = {
  'self_attention/layer_norm': ['self_attn_layer_norm'],
  'self_attention/linear_0': ['self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj'],
  'self_attention/linear_1': ['self_attn.out_proj'],
  'attention/layer_norm': ['encoder_attn_layer_norm'],
  'attention/linear_0': ['encoder_attn.q_proj'],
  'attention/linear_1': ['encoder_attn.k_proj', 'encoder_attn.v_proj'],
  'attention/linear_2': ['encoder_attn.out_proj'],
  'ffn/layer_norm': ['final_layer_norm'],
  'ffn/linear_0': ['fc1'],
  'ffn/linear_1': ['fc2'],
};
const kLeaves = {
  weight: 'weight',
  gamma: 'weight',
  encodings: 'weight',
  bias: 'bias',
  beta: 'bias',
};

function hfNames(key) {
  const parts = key.split('/');
  const leaf = kLeaves[parts.pop()];
  const stem = kModelNames[parts.join('/')];
  if (!leaf) return [];
  if (stem) return [`model.${stem}.${leaf}`];
  const [side, layer, ...rest] = parts;
  const stems = kLayerNames[rest.join('/')] ?? [];
  return stems.map((one) => `model.${side}.layers.${layer.replace('layer_', '')}.${one}.${leaf}`);
}

/** The tensors of a CTranslate2 folder of 16-bit floats, by Hugging Face's names. */
export function hfTensors(folder) {
  const tensors = new Map();
  for (const [key, { shape, type, data }] of readVariables(path.join(folder, 'model.bin'))) {
    const names = hfNames(key);
    if (names.length > 0 && type !== 4) throw new Error(`${key}: expected 16-bit floats`);
    const rows = shape[0] / names.length;
    const size = data.length / names.length;
    names.forEach((name, i) => {
      if (name.endsWith('k_proj.bias')) return;
      const part = data.subarray(i * size, (i + 1) * size);
      tensors.set(name, { dtype: 'F16', shape: [rows, ...shape.slice(1)], data: part });
    });
  }
  return tensors;
}

function halfToFloat(half) {
  const sign = half >> 15 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** A tensor of 16-bit floats in another type: 'F32', exactly, or 'BF16', cut to its 8 bits. */
export function inType({ shape, data }, dtype) {
  const halves = new Uint16Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.length));
  const floats = Float32Array.from(halves, halfToFloat);
  if (dtype === 'F32') return { dtype, shape, data: Buffer.from(floats.buffer) };
  const words = new Uint32Array(floats.buffer);
  const tops = Uint16Array.from(words, (word) => word >>> 16);
  return { dtype, shape, data: Buffer.from(tops.buffer) };
}

/** The bytes of a safetensors file. */
export function safetensors(tensors) {
  let end = 0;
  const header = { __metadata__: { format: 'pt' } };
  for (const [name, { dtype, shape, data }] of tensors) {
    header[name] = { dtype, shape, data_offsets: [end, end + data.length] };
    end += data.length;
  }
  const json = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([size, json, ...[...tensors.values()].map(({ data }) => data)]);
}

/**
 * Writes a folder as transformers' save_pretrained does.
 * @param {string} folder
 * @param {string} source CTranslate2's folder, for the tokenizer and the lists
 * @param {Map<string, object>[]} shards one: model.safetensors; several: with their index
 */
export function writeHfFolder(folder, source, shards) {
  mkdirSync(folder, { recursive: true });
  const write = (name, value) => writeFileSync(path.join(folder, name), JSON.stringify(value));
  const file = (i) => `model-0000${i + 1}-of-0000${shards.length}.safetensors`;
  shards.forEach((tensors, i) => {
    const name = shards.length === 1 ? 'model.safetensors' : file(i);
    writeFileSync(path.join(folder, name), safetensors(tensors));
  });
  if (shards.length > 1) {
    const entries = shards.flatMap((tensors, i) =>
      [...tensors.keys()].map((key) => [key, file(i)]),
    );
    write('model.safetensors.index.json', {
      metadata: { total_size: 0 },
      weight_map: Object.fromEntries(entries),
    });
  }
  const lists = JSON.parse(readFileSync(path.join(source, 'config.json'), 'utf8'));
  write('config.json', {
    model_type: 'whisper',
    architectures: ['WhisperForConditionalGeneration'],
    encoder_attention_heads: 6,
    decoder_attention_heads: 6,
    suppress_tokens: null,
  });
  write('generation_config.json', {
    alignment_heads: lists.alignment_heads,
    suppress_tokens: lists.suppress_ids,
    begin_suppress_tokens: lists.suppress_ids_begin,
    max_length: 448,
  });
  copyFileSync(path.join(source, 'tokenizer.json'), path.join(folder, 'tokenizer.json'));
}

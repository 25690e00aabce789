// The weights of Silero VAD as the engine reads them: models/silero_vad_16k.safetensors, made from
// the ONNX file of the package. The package brings a file of that name too, but its weights are
// those of another training than the ONNX and TorchScript files (silero-vad's issue 768).
import fs from 'node:fs/promises';
import { setUpAsset } from './assets.mjs';
import { runMain, SetupError, step } from './lib/log.mjs';
import { inCache, inRoot, isMain, shown } from './lib/paths.mjs';
import { hashFile, isVerified } from './lib/stamp.mjs';

export const kSilero = inRoot('models/silero_vad_16k.safetensors');

const kSha256 = '9cd98ef715fc4451f896a593debb4eb4404066d0ddf89a9913984122fc501cc8';
const kSource = 'silero-vad 6.2.3 (MIT), silero_vad_16k_op15.onnx';

// Our names, which are those of the package's safetensors file and in its order, and ONNX's.
const kNames = [
  ['stft_conv.weight', 'model.stft.forward_basis_buffer'],
  ...[1, 2, 3, 4].flatMap((i) =>
    ['weight', 'bias'].map((leaf) => [
      `conv${i}.${leaf}`,
      `model.encoder.${i - 1}.reparam_conv.${leaf}`,
    ]),
  ),
  ...['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'].map((leaf) => [
    `lstm_cell.${leaf}`,
    `model.decoder.rnn.${leaf}`,
  ]),
  ['final_conv.weight', 'model.decoder.decoder.2.weight'],
  ['final_conv.bias', 'model.decoder.decoder.2.bias'],
];

/**
 * The fields of a Protocol Buffers message: numbers, or the bytes of strings and messages.
 * @param {Buffer} message
 * @returns {Generator<[number, number | Buffer]>} number of the field and its value
 */
function* fieldsOf(message) {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message.readUInt8(at++);
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
  };
  // Lengths of fields that are no varints, by wire type.
  const size = { 1: () => 8, 2: varint, 5: () => 4 };
  while (at < message.length) {
    const key = varint();
    const wire = key % 8;
    if (wire !== 0 && !(wire in size)) throw new SetupError(`protobuf: wire type ${wire}`);
    const bytes = wire === 0 ? 0 : size[wire]();
    const value = wire === 0 ? varint() : message.subarray(at, at + bytes);
    at += bytes;
    yield [Math.floor(key / 8), value];
  }
}

/** Values of all fields of one number. */
const valuesOf = (message, number) =>
  [...fieldsOf(message)].filter(([field]) => field === number).map(([, value]) => value);

/**
 * The weights in an ONNX file, by name. Numbers of fields are those of onnx.proto: ModelProto.graph
 * is 7, GraphProto.initializer 5, TensorProto.dims 1, data_type 2, name 8, raw_data 9.
 * @param {Buffer} model
 * @returns {Map<string, {shape: number[], data: Buffer}>}
 */
export function readOnnxWeights(model) {
  const kF32 = 1;
  const weights = new Map();
  for (const graph of valuesOf(model, 7)) {
    for (const tensor of valuesOf(graph, 5)) {
      const [type] = valuesOf(tensor, 2);
      const [data] = valuesOf(tensor, 9);
      if (type !== kF32 || !data) continue;
      weights.set(`${valuesOf(tensor, 8)[0]}`, { shape: valuesOf(tensor, 1), data });
    }
  }
  return weights;
}

/**
 * A safetensors file (src/io/safetensors_reader.h draws it).
 * @param {[string, {shape: number[], data: Buffer}][]} tensors
 * @param {Record<string, string>} metadata
 */
export function safetensorsOf(tensors, metadata) {
  let end = 0;
  const header = { __metadata__: metadata };
  for (const [name, { shape, data }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [end, end + data.length] };
    end += data.length;
  }
  const text = JSON.stringify(header);
  // Spaces bring the data to a multiple of 8 bytes, as the format asks for.
  const json = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([size, json, ...tensors.map(([, { data }]) => data)]);
}

/** Makes the file, unless it is there and sound. */
export async function setUpSilero() {
  if (await isVerified(kSilero, kSha256)) return kSilero;
  await setUpAsset('silero');
  const source = inCache('assets/silero/silero_vad_16k_op15.onnx');
  step('silero', `taking the weights of ${shown(source)} to ${shown(kSilero)}`);
  const weights = readOnnxWeights(await fs.readFile(source));
  /** @type {[string, {shape: number[], data: Buffer}][]} */
  const tensors = [];
  for (const [name, onnx] of kNames) {
    const tensor = weights.get(onnx);
    if (!tensor) throw new SetupError(`${shown(source)} has no ${onnx}`);
    tensors.push([name, tensor]);
  }
  await fs.mkdir(inRoot('models'), { recursive: true });
  const temporary = `${kSilero}.part`;
  await fs.writeFile(temporary, safetensorsOf(tensors, { source: kSource }));
  const actual = await hashFile(temporary);
  if (actual !== kSha256) {
    await fs.rm(temporary);
    throw new SetupError(`${shown(temporary)}: expected SHA-256 ${kSha256}, got ${actual}`);
  }
  await fs.rename(temporary, kSilero);
  // Leaves the stamp by which the next run knows the file without reading it.
  await isVerified(kSilero, kSha256);
  return kSilero;
}

if (isMain(import.meta.url)) await runMain(setUpSilero);

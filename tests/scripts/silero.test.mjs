import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOnnxWeights, safetensorsOf } from '../../scripts/silero.mjs';

// Fields of Protocol Buffers: a number as a varint, or bytes with their length.
function varint(value) {
  const bytes = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}
const number = (field, value) => Buffer.concat([varint(field * 8), varint(value)]);
const bytes = (field, value) =>
  Buffer.concat([varint(field * 8 + 2), varint(value.length), Buffer.from(value)]);
const fixed = (field, wire, size) =>
  Buffer.concat([varint(field * 8 + wire), Buffer.alloc(size, 255)]);

function tensor(name, shape, values, type = 1) {
  const data = Buffer.from(new Float32Array(values).buffer);
  const dims = shape.map((dim) => number(1, dim));
  return Buffer.concat([...dims, number(2, type), bytes(8, name), bytes(9, data)]);
}

test('weights are found in an ONNX file, whatever stands between', () => {
  const graph = Buffer.concat([
    bytes(1, 'a node'),
    bytes(5, tensor('first', [2, 300], new Array(600).fill(0.5))),
    fixed(12, 5, 4),
    bytes(5, tensor('integers', [1], [1], 7)),
    bytes(5, tensor('scalar', [], [-2])),
  ]);
  const model = Buffer.concat([number(1, 8), fixed(3, 1, 8), bytes(7, graph), bytes(2, 'maker')]);
  const weights = readOnnxWeights(model);
  assert.deepEqual([...weights.keys()], ['first', 'scalar']);
  assert.deepEqual(weights.get('first').shape, [2, 300]);
  assert.equal(weights.get('first').data.length, 2400);
  assert.deepEqual(weights.get('scalar').shape, []);
  assert.equal(weights.get('scalar').data.readFloatLE(0), -2);
});

test('a file that is no ONNX is refused', () => {
  assert.throws(() => readOnnxWeights(Buffer.from([0x3b])), /wire type 3/);
  assert.throws(() => readOnnxWeights(Buffer.from([0x80])), RangeError);
  // A length that reaches beyond the end gives what is there, which is then no whole graph.
  assert.throws(() => readOnnxWeights(Buffer.from([0x3a, 0x05, 0x2a, 0x80])), RangeError);
});

test('a safetensors file has its header, its tensors one after another, and nothing else', () => {
  const file = safetensorsOf(
    [
      ['a', { shape: [2], data: Buffer.alloc(8, 1) }],
      ['b', { shape: [], data: Buffer.alloc(4, 2) }],
    ],
    { source: 'here' },
  );
  const size = Number(file.readBigUInt64LE(0));
  assert.equal(size % 8, 0);
  assert.deepEqual(JSON.parse(file.toString('utf8', 8, 8 + size)), {
    __metadata__: { source: 'here' },
    a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
    b: { dtype: 'F32', shape: [], data_offsets: [8, 12] },
  });
  assert.deepEqual([...file.subarray(8 + size)], [...Array(8).fill(1), ...Array(4).fill(2)]);
});

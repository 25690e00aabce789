import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importSource } from '../lib/source.mjs';

const { ChunkSource } = await importSource('web/bytes.ts');

// Numbers that repeat themselves, but not within a test's sizes.
function random(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function chunked(size, below) {
  const bytes = Uint8Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8)) & 255);
  const source = new ChunkSource();
  for (let start = 0; start < size; ) {
    const end = Math.min(size, start + 1 + below(997));
    source.append(bytes.slice(start, end));
    start = end;
  }
  return { bytes, source };
}

test('reads across pieces give the bytes that were appended', () => {
  const below = random(1);
  const { bytes, source } = chunked(20000, below);
  assert.equal(source.sizeBytes, bytes.length);
  for (let i = 0; i < 500; i++) {
    const offset = below(bytes.length);
    const target = new Uint8Array(below(bytes.length - offset + 1));
    assert.ok(source.readAt(offset, target));
    assert.deepEqual(target, bytes.subarray(offset, offset + target.length));
  }
});

test('reads past the end fail', () => {
  const { source } = chunked(1000, random(2));
  assert.equal(source.readAt(990, new Uint8Array(11)), false);
  assert.equal(source.readAt(1000, new Uint8Array(1)), false);
  assert.equal(source.readAt(2 ** 40, new Uint8Array(1)), false);
  assert.equal(source.readAt(1000, new Uint8Array(0)), true);
});

test('what was not released can still be read, whatever was released around it', () => {
  for (let seed = 3; seed < 23; seed++) {
    const below = random(seed);
    const { bytes, source } = chunked(10000, below);
    const released = new Uint8Array(bytes.length);
    for (let i = 0; i < 200; i++) {
      const offset = below(bytes.length);
      const size = below(Math.min(400, bytes.length - offset) + 1);
      source.release(offset, size);
      released.fill(1, offset, offset + size);
      const at = below(bytes.length);
      let end = at;
      while (end < bytes.length && !released[end]) end++;
      const target = new Uint8Array(end - at);
      assert.ok(source.readAt(at, target));
      assert.deepEqual(target, bytes.subarray(at, end));
    }
  }
});

test('memory goes away as bytes are released in order, and all of it in the end', () => {
  const { bytes, source } = chunked(100000, random(30));
  for (let offset = 0; offset < bytes.length; offset += 250) {
    source.release(offset, 250);
    // Beside what is left there is at most the piece at hand, and an eighth of waste.
    assert.ok(source.heldBytes <= (bytes.length - offset) * 1.15 + 1000);
  }
  assert.equal(source.heldBytes, 0);
});

test('taking all gives one buffer', () => {
  const { bytes, source } = chunked(5000, random(40));
  assert.deepEqual(new Uint8Array(source.takeAll()), bytes);
  assert.equal(source.heldBytes, 0);
});

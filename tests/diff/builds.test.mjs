// The same cases in every build: native, and each WebAssembly variant in Node. Within a process the
// twins are compared bit by bit (twin_test.cc); here other compilers and mathematical libraries
// come in.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const kRoot = fileURLToPath(new URL('../..', import.meta.url));
const kBuild = process.env.SOTTO_BUILD ?? path.join(kRoot, 'build');
const kNative = path.join(kBuild, 'native/sotto_cases');
const kTwins = ['scalar', 'simd128'];
const kBackends = {
  scalar: 'scalar',
  simd128: 'wasm128',
};

// Twins agree within 1e-5; where a sum nearly cancels, relative to what its row is made of.
const kRelative = 1e-5;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sotto-cases-'));
after(() => fs.rmSync(folder, { recursive: true }));

/** Outcomes of one build, in the layout that dump_main.cc draws. */
function readOutcomes(file) {
  const bytes = fs.readFileSync(file);
  let at = 0;
  const take = (Type) => {
    const count = bytes.readUInt32LE(at);
    const size = count * Type.BYTES_PER_ELEMENT;
    assert.ok(at + 4 + size <= bytes.length, `${file} ends within an outcome`);
    const copy = bytes.buffer.slice(bytes.byteOffset + at + 4, bytes.byteOffset + at + 4 + size);
    at += 4 + size;
    return new Type(copy);
  };
  const outcomes = [];
  while (at < bytes.length) {
    const name = Buffer.from(take(Uint8Array)).toString();
    outcomes.push({ name, f32: take(Float32Array), i32: take(Int32Array) });
  }
  return outcomes;
}

function runBuild(program, backend) {
  const file = path.join(folder, `${path.basename(path.dirname(program))}.bin`);
  const script = /\.cjs$/.test(program);
  const [command, args] = script ? [process.execPath, [program, file]] : [program, [file]];
  assert.equal(execFileSync(command, args, { encoding: 'utf8' }).trim(), backend);
  return readOutcomes(file);
}

const sameFloat = (a, b) => a === b || (Number.isNaN(a) && Number.isNaN(b));

// A row of an outcome is not marked, so its values count together: their root mean square.
function typicalSize(values) {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    sum += value * value;
    count++;
  }
  return count > 0 ? Math.sqrt(sum / count) : 0;
}

function worstDifference(a, b) {
  const size = Math.max(typicalSize(a), 1e-30);
  let worst = 0;
  let different = 0;
  for (let i = 0; i < a.length; i++) {
    if (sameFloat(a[i], b[i])) continue;
    different++;
    const relative = Math.abs(a[i] - b[i]) / Math.max(Math.abs(a[i]), Math.abs(b[i]), size);
    worst = Math.max(worst, Number.isNaN(relative) ? Number.POSITIVE_INFINITY : relative);
  }
  return { worst, different };
}

function compare(actual, expected, t) {
  assert.ok(expected.length > 1000, `only ${expected.length} outcomes`);
  assert.deepEqual(
    actual.map(({ name }) => name),
    expected.map(({ name }) => name),
  );
  const total = { values: 0, different: 0, worst: 0 };
  expected.forEach(({ name, f32, i32 }, i) => {
    assert.equal(actual[i].f32.length, f32.length, name);
    assert.ok(Buffer.from(actual[i].i32.buffer).equals(Buffer.from(i32.buffer)), `${name}: int32`);
    const { worst, different } = worstDifference(actual[i].f32, f32);
    assert.ok(worst <= kRelative, `${name}: off by ${worst} of its size`);
    if (different > 0) t.diagnostic(`${name}: ${different} of ${f32.length} differ, by ${worst}`);
    total.values += f32.length + i32.length;
    total.different += different;
    total.worst = Math.max(total.worst, worst);
  });
  t.diagnostic(`${total.values} values, ${total.different} differ, by ${total.worst} at most`);
}

describe('the same results in every build', () => {
  const native = runBuild(kNative, 'wasm128');
  const outcomes = Object.fromEntries(
    kTwins.map((variant) => {
      const program = path.join(kBuild, 'wasm', variant, 'sotto_cases.cjs');
      return [variant, runBuild(program, kBackends[variant])];
    }),
  );
  for (const variant of kTwins) {
    it(`${variant} and native`, (t) => compare(outcomes[variant], native, t));
  }
  it('scalar and simd128, the twins', (t) => compare(outcomes.scalar, outcomes.simd128, t));
});

import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import {
  clearStamp,
  hashInputs,
  isStamped,
  isVerified,
  listFiles,
  setStamp,
} from '../../scripts/lib/stamp.mjs';

const dir = await fs.mkdtemp(path.join(os.tmpdir(), 'sotto-stamp-'));
const name = `test_${process.pid}`;
const file = path.join(dir, 'file');
after(async () => {
  await fs.rm(dir, { recursive: true, force: true });
  await clearStamp(name);
});

test('a step is skipped only while its inputs and outputs stay as they were', async () => {
  await fs.writeFile(file, 'one');
  assert.equal(await isStamped(name, 'inputs'), false);
  await setStamp(name, 'inputs', [file]);
  assert.equal(await isStamped(name, 'inputs'), true);
  assert.equal(await isStamped(name, 'other inputs'), false);
  await fs.writeFile(file, 'longer');
  assert.equal(await isStamped(name, 'inputs'), false);
  await setStamp(name, 'inputs', [file]);
  await fs.rm(file);
  assert.equal(await isStamped(name, 'inputs'), false);
});

test('hashInputs sees content, names, additions and removals', async () => {
  const folder = path.join(dir, 'inputs');
  await fs.mkdir(folder);
  const seen = new Set([await hashInputs([folder])]);
  await fs.writeFile(path.join(folder, 'a'), '1');
  seen.add(await hashInputs([folder]));
  await fs.writeFile(path.join(folder, 'a'), '2');
  seen.add(await hashInputs([folder]));
  await fs.rename(path.join(folder, 'a'), path.join(folder, 'b'));
  const last = await hashInputs([folder]);
  seen.add(last);
  assert.equal(seen.size, 4);
  await fs.utimes(path.join(folder, 'b'), 1, 1);
  assert.equal(await hashInputs([folder]), last, 'times are no content');
});

test('isVerified finds a flipped byte, also where the size is the same', async () => {
  await fs.writeFile(file, 'abc');
  const sha256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  assert.equal(await isVerified(file, sha256), true);
  assert.equal(await isVerified(file, sha256), true);
  await fs.writeFile(file, 'abd');
  // A clock coarser than two writes must not hide the change from the stamp.
  await fs.utimes(file, new Date(), new Date(Date.now() + 5000));
  assert.equal(await isVerified(file, sha256), false);
  await fs.rm(file);
  assert.equal(await isVerified(file, sha256), false);
});

test('listFiles goes into folders, sorts, and filters', async () => {
  const folder = path.join(dir, 'tree');
  await fs.mkdir(path.join(folder, 'z/y'), { recursive: true });
  for (const one of ['z/y/deep.h', 'b.cc', 'a.h']) await fs.writeFile(path.join(folder, one), '');
  assert.deepEqual(await listFiles(folder), ['a.h', 'b.cc', 'z/y/deep.h']);
  assert.deepEqual(await listFiles(folder, (one) => one.endsWith('.h')), ['a.h', 'z/y/deep.h']);
  assert.deepEqual(await listFiles(path.join(dir, 'nowhere')), []);
});

// What many calls leave behind in this process. Pages are measured in tests/browser/endurance.spec.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { kModel, loadPackage } from '../lib/assets.mjs';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

async function heapBytes() {
  // What was settled in this turn is garbage in the next one.
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    collect();
  }
  return process.memoryUsage().heapUsed;
}

test('calls leave nothing behind', async () => {
  const { createTranscriber } = await loadPackage();
  const transcriber = await createTranscriber({ model: kModel });
  const nothing = new Float32Array(0);
  const run = async (calls) => {
    for (let i = 0; i < calls; i++) await transcriber.transcribe(nothing);
  };
  const calls = 2000;
  await run(calls);
  const before_bytes = await heapBytes();
  await run(calls);
  const each_bytes = ((await heapBytes()) - before_bytes) / calls;
  transcriber.close();
  // One promise that waits for another has some 160 bytes; what a collection leaves varies by less.
  assert.ok(each_bytes < 60, `expected less than 60 bytes a call; got ${each_bytes}`);
});

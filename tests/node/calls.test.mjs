import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import {
  jfkSamples,
  kDist,
  kJfk,
  kJfkText,
  kModel,
  loadPackage,
  runnableVariants,
} from '../lib/assets.mjs';

const { closeShared, createTranscriber, transcribe } = await loadPackage();
const samples = jfkSamples();

// What the package promises: an abort stops the computation within this time.
const kAbort_ms = 300;

// Aborts once the work is that far, and gives the time until the call rejected.
async function timeOfAbort(transcriber, audio, isThere) {
  const controller = new AbortController();
  let aborted_ms = 0;
  const abort = () => {
    if (controller.signal.aborted) return;
    aborted_ms = performance.now();
    controller.abort();
  };
  const options = {
    signal: controller.signal,
    onProgress: (progress) => isThere(progress) && abort(),
  };
  await assert.rejects(transcriber.transcribe(audio, options), { name: 'AbortError' });
  assert.ok(controller.signal.aborted);
  return performance.now() - aborted_ms;
}

for (const variant of await runnableVariants()) {
  test(`${variant}: an abort in the middle of encoding stops it in time`, async () => {
    const transcriber = await createTranscriber({ model: kModel, variant });
    try {
      const taken_ms = await timeOfAbort(transcriber, samples, ({ fraction }) => fraction > 0.2);
      assert.ok(taken_ms < kAbort_ms, `${taken_ms} ms`);
      // The engine is free again: a call without audio does not wait for the rest of that one.
      const start_ms = performance.now();
      await transcriber.transcribe(new Float32Array(0));
      assert.ok(performance.now() - start_ms < kAbort_ms);
    } finally {
      transcriber.close();
    }
  });
}

describe('one transcriber', () => {
  let transcriber;

  before(async () => {
    transcriber = await createTranscriber({ model: kModel });
  });
  after(() => transcriber.close());

  test('calls end in the order in which they came', async () => {
    const ended = [];
    const lengths = [samples.length, 16000, 0, 32000];
    const calls = lengths.map(async (length, index) => {
      await transcriber.transcribe(samples.subarray(0, length));
      ended.push(index);
    });
    await Promise.all(calls);
    assert.deepEqual(ended, [0, 1, 2, 3]);
  });

  test('a call that is aborted while it waits rejects at once; the others go on', async () => {
    const controller = new AbortController();
    const first = transcriber.transcribe(samples);
    const second = transcriber.transcribe(samples, { signal: controller.signal });
    const third = transcriber.transcribe(samples);
    let firstEnded = false;
    first.then(() => {
      firstEnded = true;
    });
    controller.abort();
    await assert.rejects(second, { name: 'AbortError' });
    assert.equal(firstEnded, false);
    assert.match((await first).text, kJfkText);
    assert.match((await third).text, kJfkText);
  });

  test('a signal that was aborted before rejects, with its reason', async () => {
    const signal = AbortSignal.abort();
    await assert.rejects(transcriber.transcribe(samples, { signal }), { name: 'AbortError' });
    const early = AbortSignal.timeout(1);
    await assert.rejects(transcriber.transcribe(samples, { signal: early }), {
      name: 'TimeoutError',
    });
    const reason = AbortSignal.abort('enough');
    await assert.rejects(transcriber.transcribe(samples, { signal: reason }), {
      name: 'AbortError',
      message: /enough/,
    });
  });

  test('a signal that aborts afterwards changes nothing', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    await transcriber.transcribe(new Float32Array(0), { signal });
    controller.abort();
    assert.match((await transcriber.transcribe(samples)).text, kJfkText);
  });

  for (const name of ['onProgress', 'onToken', 'onSegment']) {
    test(`what ${name} throws ends the call and is its error`, async () => {
      const error = new Error('from the caller');
      const throwing = () => {
        throw error;
      };
      const call = transcriber.transcribe(samples, { [name]: throwing });
      await assert.rejects(call, (thrown) => thrown === error);
      assert.match((await transcriber.transcribe(samples)).text, kJfkText);
    });
  }
});

test('aborting the creation rejects it', async () => {
  const controller = new AbortController();
  const creation = createTranscriber({
    model: kModel,
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  await assert.rejects(creation, { name: 'AbortError' });
  const aborted = AbortSignal.abort();
  await assert.rejects(createTranscriber({ model: kModel, signal: aborted }), {
    name: 'AbortError',
  });
});

test('what onProgress throws ends the creation and is its error', async () => {
  const error = new Error('from the caller');
  const onProgress = () => {
    throw error;
  };
  const creation = createTranscriber({ model: kModel, onProgress });
  await assert.rejects(creation, (thrown) => thrown === error);
});

test('close() rejects the calls that run and wait, and those that come later', async () => {
  const transcriber = await createTranscriber({ model: kModel });
  const closed = { name: 'ClosedError', code: 'Closed' };
  const calls = [1, 2].map(() => assert.rejects(transcriber.transcribe(samples), closed));
  setTimeout(() => transcriber.close(), 100);
  await Promise.all(calls);
  assert.equal(transcriber.closed, true);
  await assert.rejects(transcriber.transcribe(samples), closed);
  transcriber.close();
});

test('two transcribers work side by side', async () => {
  const pair = await Promise.all([1, 2].map(() => createTranscriber({ model: kModel })));
  const results = await Promise.all(pair.map((one) => one.transcribe(samples)));
  for (const { text } of results) assert.match(text, kJfkText);
  pair[0].close();
  assert.match((await pair[1].transcribe(samples)).text, kJfkText);
  pair[1].close();
});

test('transcribe() shares one transcriber, and replaces it for another model or build', async () => {
  const [first, second] = await Promise.all([
    transcribe(samples, { model: kModel }),
    transcribe(kJfk, { model: kModel, timestamps: 'none' }),
  ]);
  assert.match(first.text, kJfkText);
  assert.match(second.text, kJfkText);
  // The same load time tells that it is the same engine.
  assert.equal(first.timings.load_ms, second.timings.load_ms);
  const other = await transcribe(samples, { model: kModel, variant: 'simd128' });
  assert.notEqual(other.timings.load_ms, first.timings.load_ms);
  await assert.rejects(transcribe(samples, { model: 'missing.sotto' }), { name: 'FileError' });
  const again = await transcribe(samples, { model: kModel });
  assert.match(again.text, kJfkText);
  await closeShared();
});

// Runs a script that uses the package, to see that it ends by itself.
async function runScript(lines) {
  const index = pathToFileURL(path.join(kDist, 'index.js')).href;
  const source = [`import { createTranscriber } from '${index}';`, ...lines].join('\n');
  const args = ['--input-type=module', '-e', source];
  return promisify(execFile)(process.execPath, args, { timeout: 30000 });
}

test('a script that forgets close() ends all the same', async () => {
  const { stdout } = await runScript([
    `const t = await createTranscriber({ model: ${JSON.stringify(kModel)} });`,
    `const { text } = await t.transcribe(${JSON.stringify(kJfk)});`,
    'console.log(text);',
  ]);
  assert.match(stdout.trim(), kJfkText);
});

test('a script that awaits nothing but a transcription is kept alive by it', async () => {
  const { stdout } = await runScript([
    `const t = await createTranscriber({ model: ${JSON.stringify(kModel)} });`,
    `t.transcribe(${JSON.stringify(kJfk)}).then(({ text }) => console.log(text));`,
  ]);
  assert.match(stdout.trim(), kJfkText);
});

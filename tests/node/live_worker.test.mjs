// The worker's part of live captions, with an engine that only counts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { importSource } from '../lib/source.mjs';

const { LiveRun } = await importSource('web/live_worker.ts');

const kRate = 1000;
const good = (value) => ({ ok: true, value });

// Says a word for every 500 samples it was pushed, once it is asked after them.
class CountingSession {
  samples = [];
  words = 0;
  passes = 0;
  deleted = false;

  constructor(options) {
    this.options = options;
  }

  push(samples, rate) {
    assert.ok(!this.deleted);
    this.rate ??= rate;
    assert.equal(rate, this.rate);
    this.samples.push(...samples);
    return good(undefined);
  }

  #update(confirms) {
    const words = [];
    while ((this.words + 1) * 500 <= this.samples.length) {
      const start = (this.words * 500) / this.rate;
      words.push({ word: ` w${this.words++}`, start, end: start + 0.5, probability: 1 });
    }
    const ran = confirms || words.length > 0;
    if (ran) this.passes++;
    const text = words.map(({ word }) => word).join('');
    return {
      ...{
        ran,
        words,
        confirmed: text,
        tentative: confirms ? '' : ' more',
        utteranceEnded: confirms,
      },
      ...{ speaking: !confirms, behind: false, stepMs: 300, lagMs: 10, passMs: 5, nextMs: 1e9 },
    };
  }

  step() {
    return good(this.#update(false));
  }

  finish() {
    return good(this.#update(true));
  }

  state() {
    const zero = { melMs: 0, vadMs: 0, encodeMs: 0, decodeMs: 0, tokens: 0, audioS: 0 };
    return { ...zero, passes: this.passes, totalMs: 5 * this.passes, language: 'en' };
  }

  delete() {
    this.deleted = true;
  }
}

function start({ live = { vad: 'auto' }, hasVoice = true } = {}) {
  const { port1, port2 } = new MessageChannel();
  const sessions = [];
  const news = [];
  const stop = new AbortController();
  const engine = {
    createLiveSession: (options) => {
      sessions.push(new CountingSession(options));
      return good(sessions.at(-1));
    },
  };
  const run = new LiveRun(
    { id: 1, live, port: port2 },
    {
      engine,
      prepareVoice: async (vad) => vad !== 'off' && hasVoice,
      heapBytes: () => 1000,
      emit: (one) => news.push(one),
      now_ms: () => performance.now(),
      breathe: () => new Promise((resolve) => setImmediate(resolve)),
      signal: stop.signal,
    },
  );
  const returned = [];
  port1.onmessage = ({ data }) => returned.push(data.samples);
  const send = (startFrame, frames, rate = kRate) => {
    const samples = new Float32Array(100).fill(1);
    const block = { type: 'block', samples, frames, rate, startFrame };
    port1.postMessage(block, [samples.buffer]);
  };
  return { run, port: port1, sessions, news, stop, returned, send };
}

async function until(condition) {
  while (!condition()) await sleep(1);
}

test('blocks go to the engine, their memory comes back, words go to the page', async () => {
  const { run, port, sessions, news, returned, send } = start();
  const ended = run.run();
  for (let i = 0; i < 12; i++) send(i * 100, i === 11 ? 40 : 100);
  await sleep(30);
  port.postMessage({ type: 'end' });
  await ended;
  assert.equal(sessions.length, 1);
  assert.equal(sessions[0].samples.length, 1140);
  assert.equal(sessions[0].options.vad, true);
  assert.equal(sessions[0].deleted, true);
  assert.equal(returned.length, 12);
  assert.ok(returned.every((samples) => samples.length === 100));
  const words = news.flatMap(({ update }) => update.words.map(({ word }) => word));
  assert.deepEqual(words, [' w0', ' w1']);
  const last = news.at(-1);
  assert.deepEqual([last.update.utteranceEnded, last.update.tentative], [true, '']);
  assert.equal(last.figures.windows, sessions[0].passes);
  assert.equal(last.figures.language, 'en');
});

test('audio that was lost is silence of its length', async () => {
  const { run, port, sessions, send } = start();
  const ended = run.run();
  send(700, 100); // What came before the first block is not missed.
  send(1100, 100);
  port.postMessage({ type: 'end' });
  await ended;
  const { samples } = sessions[0];
  assert.equal(samples.length, 500);
  assert.equal(samples.filter((value) => value === 0).length, 300);
});

test('a pause ends the session, and times go on behind it; so does another rate', async () => {
  const { run, port, sessions, news, send } = start({ hasVoice: false });
  const ended = run.run();
  for (let i = 0; i < 5; i++) send(i * 100, 100);
  port.postMessage({ type: 'pause' });
  for (let i = 0; i < 5; i++) send(2000 + i * 100, 100);
  for (let i = 0; i < 10; i++) send(6000 + i * 100, 100, 2 * kRate);
  port.postMessage({ type: 'end' });
  await ended;
  assert.equal(sessions.length, 3);
  assert.ok(sessions.every(({ deleted, options }) => deleted && options.vad === false));
  const starts = news.flatMap(({ update }) => update.words.map(({ start }) => start));
  assert.deepEqual(starts, [0, 2, 3, 3.25]);
  assert.equal(news.filter(({ update }) => update.utteranceEnded).length, 3);
  const passes = sessions.reduce((sum, session) => sum + session.passes, 0);
  assert.equal(news.at(-1).figures.windows, passes);
});

test('what the engine confirms without a pass, a mark behind a sentence, goes to the page', async () => {
  const { run, port, sessions, news, send } = start();
  const ended = run.run();
  send(0, 100);
  await until(() => sessions.length > 0);
  const step = sessions[0].step.bind(sessions[0]);
  const marks = ['.'];
  sessions[0].step = () => good({ ...step().value, speaking: true, confirmed: marks.pop() ?? '' });
  send(100, 100);
  await until(() => marks.length === 0);
  port.postMessage({ type: 'end' });
  await ended;
  assert.equal(news.map(({ update }) => update.confirmed).join(''), '.');
});

test('finish() ends it though the audio does not say so; an abort ends it without an update', async () => {
  const finished = start();
  const ended = finished.run.run();
  finished.send(0, 100);
  await until(() => finished.sessions.length > 0);
  finished.run.finish();
  await ended;
  assert.equal(finished.news.at(-1).update.utteranceEnded, true);

  const aborted = start();
  const rejected = assert.rejects(aborted.run.run(), { name: 'AbortError' });
  aborted.send(0, 100);
  await until(() => aborted.sessions.length > 0);
  aborted.stop.abort();
  await rejected;
  assert.equal(aborted.sessions[0].deleted, true);
  assert.ok(aborted.news.every(({ update }) => !update.utteranceEnded));
});

test('a failure of the engine ends it as its error', async () => {
  const { run, sessions, send } = start();
  const rejected = assert.rejects(run.run(), { name: 'OutOfMemoryError' });
  send(0, 100);
  await until(() => sessions.length > 0);
  sessions[0].push = () => ({ ok: false, code: 'OutOfMemory', message: 'none left' });
  send(100, 100);
  await rejected;
  assert.equal(sessions[0].deleted, true);
});

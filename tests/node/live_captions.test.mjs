// The page's part of live captions, with a worker and audio that the tests play.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importSource } from '../lib/source.mjs';

const { LiveCaptions, WorkerError } = await importSource('tests/lib/live_entry.ts');

const kFigures = {
  ...{ mel_ms: 0, vad_ms: 0, encode_ms: 0, decode_ms: 0, tokens: 0 },
  ...{ total_ms: 20, windows: 2, heap_bytes: 1000, language: 'en' },
};

const word = (text, start) => ({ word: text, start, end: start + 0.4, probability: 0.9 });
const news = (words, tentative, utteranceEnded = false) => ({
  figures: kFigures,
  covered_s: words.at(-1)?.end ?? 0,
  update: {
    ...{ ran: true, words, confirmed: '', tentative, utteranceEnded, speaking: !utteranceEnded },
    ...{ behind: false, stepMs: 400, lagMs: 100, passMs: 10, nextMs: 0 },
  },
});

class FakeAudio {
  sampleRate = 48000;
  calls = [];
  attached_s = [];

  constructor(events) {
    this.events = events;
  }

  attach(port, from_s) {
    this.calls.push('attach');
    this.attached_s.push(from_s);
    this.port = port;
  }

  pause() {
    this.calls.push('pause');
  }

  async resume() {
    this.calls.push('resume');
  }

  async end() {
    this.calls.push('end');
    this.onEnd?.();
    return true;
  }

  close() {
    this.calls.push('close');
    this.port?.close();
  }
}

// Captions whose worker is a list of parts: each is a function of what it is given.
function begin(parts, { options = {}, open, reopens = true } = {}) {
  let audio;
  const turns = [];
  const link = {
    reopens,
    load_ms: 7,
    turn: (work) => work(),
    run: async (port, given, part) => {
      turns.push(given);
      try {
        return await parts.shift()(part, audio);
      } finally {
        port.close();
      }
    },
  };
  const make = (events) => {
    audio = new FakeAudio(events);
    return audio;
  };
  const captions = new LiveCaptions(link, options, open ?? make);
  const seen = [];
  for (const type of ['state', 'health', 'lost', 'restart', 'speech', 'error']) {
    captions.addEventListener(type, ({ detail }) => seen.push([type, detail]));
  }
  return { captions, audio: () => audio, seen, turns };
}

const untilEnd = (_, audio) => new Promise((resolve) => (audio.onEnd = resolve));

test('an iteration gives what is said, stop() the transcript', async () => {
  const { captions, audio, seen } = begin([
    async (part, audio) => {
      part.onNews(news([], ' And'));
      part.onNews(news([word(' And', 0)], ' so'));
      await untilEnd(part, audio);
      part.onNews(news([word(' so.', 1)], '', true));
    },
  ]);
  audio().events.report({ frames: 96000, lostBlocks: 0, peak: 0.5, rms: 0.1 });
  const texts = [];
  for await (const update of captions) {
    texts.push(`${update.confirmed}|${update.tentative}`);
    if (texts.length === 1) void captions.stop();
  }
  assert.equal(texts.at(-1), 'And so.|');
  const transcript = await captions.result;
  assert.equal(transcript.text, 'And so.');
  assert.equal(transcript.language, 'en');
  assert.equal(transcript.timings.audio_ms, 2000);
  assert.equal(transcript.timings.load_ms, 7);
  assert.match(transcript.toSRT(), /00:00:00,000 --> 00:00:01,400\nAnd so\./);
  assert.deepEqual(audio().calls, ['attach', 'end', 'close']);
  assert.deepEqual(
    seen.filter(([type]) => type === 'state').map(([, state]) => state),
    ['stopping', 'stopped'],
  );
  assert.deepEqual(
    seen.filter(([type]) => type === 'speech').map(([, speaks]) => speaks),
    [true, false],
  );
});

test('leaving the iteration stops it', async () => {
  const { captions, audio } = begin([
    (part, audio) => {
      part.onNews(news([word(' One', 0)], ''));
      return untilEnd(part, audio);
    },
  ]);
  for await (const { confirmed } of captions) {
    assert.equal(confirmed, 'One');
    break;
  }
  assert.equal(captions.state, 'stopped');
  assert.ok(audio().calls.includes('end'));
});

test('pause and resume go to the audio; what it tells comes as events', async () => {
  const { captions, audio, seen } = begin([untilEnd]);
  await captions.started;
  captions.pause();
  captions.pause();
  assert.equal(captions.state, 'paused');
  await captions.resume();
  assert.deepEqual(audio().calls, ['attach', 'pause', 'resume']);
  audio().events.health('silent-input');
  audio().events.health('silent-input');
  audio().events.health('ok');
  audio().events.report({ frames: 10, lostBlocks: 2, peak: 0, rms: 0 });
  assert.deepEqual(
    seen.filter(([type]) => type === 'health' || type === 'lost'),
    [
      ['health', 'silent-input'],
      ['health', 'ok'],
      ['lost', 2],
    ],
  );
  assert.equal(captions.stats.lostBlocks, 2);
  await captions.stop();
});

test('stop() before the audio is there ends with nothing, and lets the audio go', async () => {
  let allow;
  const asked = new Promise((resolve) => {
    allow = resolve;
  });
  const { captions, turns } = begin([], { open: () => asked });
  assert.equal(captions.state, 'starting');
  const { text } = await captions.stop();
  assert.equal(text, '');
  const late = new FakeAudio();
  allow(late);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(late.calls, ['close']);
  assert.deepEqual(turns, []);
});

test('a signal stops it at once, with its reason', async () => {
  const controller = new AbortController();
  const { captions, audio } = begin([untilEnd], { options: { signal: controller.signal } });
  setTimeout(() => controller.abort(), 10);
  await assert.rejects(captions.result, { name: 'AbortError' });
  await assert.rejects(captions[Symbol.asyncIterator]().next(), { name: 'AbortError' });
  assert.equal(captions.state, 'stopped');
  assert.ok(audio().calls.includes('close'));
});

test('audio that cannot be had is the error of started and of result', async () => {
  const open = () => Promise.reject(new Error('not allowed'));
  const { captions, seen } = begin([], { open });
  await assert.rejects(captions.started, /not allowed/);
  await assert.rejects(captions.result, /not allowed/);
  assert.deepEqual(
    seen.map(([type]) => type),
    ['error', 'state'],
  );
});

test('an error of the engine that is no death ends it', async () => {
  const { captions, turns } = begin([
    async () => {
      throw new TypeError('never to be tried again');
    },
  ]);
  await assert.rejects(captions.result, /never to be tried again/);
  assert.equal(turns.length, 1);
});

const die = async (part) => {
  part.onNews(news([word(' One', 0)], ' two'));
  throw new WorkerError('the worker died');
};

test('workers that die are replaced, with what was confirmed, but not forever', async () => {
  const { captions, audio, seen, turns } = begin([die, die, die, die, untilEnd]);
  const error = await captions.result.catch((error) => error);
  assert.equal(error.name, 'WorkerError');
  assert.equal(turns.length, 4);
  const restarts = seen.filter(([type]) => type === 'restart').map(([, { count }]) => count);
  assert.deepEqual(restarts, [1, 2, 3]);
  // Each worker has a port of its own; what the dead ones had confirmed stays, and their figures.
  assert.equal(audio().calls.filter((call) => call === 'attach').length, 4);
  assert.equal(captions.transcript.text, 'One One One One');
  assert.equal(captions.stats.passes, 8);
  const finals = [];
  for (;;) {
    const next = await captions[Symbol.asyncIterator]()
      .next()
      .catch(() => ({ done: true }));
    if (next.done) break;
    if (next.value.isFinal) finals.push(next.value.confirmed);
  }
  assert.deepEqual(finals, ['One', 'One', 'One']);
});

test('a worker that dies is not replaced where its model is gone', async () => {
  const { captions } = begin([die], { reopens: false });
  await assert.rejects(captions.result, { name: 'WorkerError' });
});

test('a worker that dies while it stops is replaced, and what it did not write is heard', async () => {
  const { captions, audio } = begin([
    async (part, audio) => {
      await untilEnd(part, audio);
      return die(part);
    },
    async (part) => part.onNews(news([word(' two', 0.5)], '', true)),
  ]);
  await captions.started;
  assert.equal((await captions.stop()).text, 'One two');
  assert.deepEqual(audio().attached_s, [0, 0.4]);
});

test('another worker hears the audio from where it was not written yet', async () => {
  const silence = { ...news([], '', true), covered_s: 9 };
  const { captions, audio } = begin([
    async (part) => {
      part.onNews(news([word(' One', 1)], ' two'));
      return die({ onNews: () => {} });
    },
    async (part) => {
      part.onNews(news([word(' two', 1.5)], ''));
      part.onNews(silence);
      return die({ onNews: () => {} });
    },
    untilEnd,
  ]);
  await captions.started;
  while (audio().attached_s.length < 3) await new Promise((resolve) => setImmediate(resolve));
  // Behind the last word; in silence, a little before what may begin there.
  assert.deepEqual(audio().attached_s, [0, 1.4, 8.7]);
  await captions.stop();
});

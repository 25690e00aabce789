// Live captions of pushed samples, with the engine.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { jfkSamples, kJfk, kModel, loadPackage } from '../lib/assets.mjs';
import { heardWords, kSpokenWords } from '../lib/heard.mjs';

const { createTranscriber } = await loadPackage();

// As much as a recording gives at a time.
const kPush_samples = 1600;
// In the middle of the sample's first words.
const kMidSpeech_samples = 2.2 * 16000;

let transcriber;

before(async () => {
  transcriber = await createTranscriber({ model: kModel });
});
after(() => transcriber.close());

async function pushAll(stream, samples, rate) {
  for (let start = 0; start < samples.length; start += kPush_samples) {
    stream.push(samples.subarray(start, start + kPush_samples), rate);
    // The engine looks at it in between, as it would while somebody speaks.
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('what is pushed is written, with times of words and as captions', async () => {
  const stream = transcriber.stream({ language: 'en' });
  const updates = [];
  stream.addEventListener('update', ({ detail }) => updates.push(detail));
  const isHeard = new Promise((resolve) => {
    stream.addEventListener('update', ({ detail }) => detail.tentative !== '' && resolve());
  });
  // However busy the machine is, the engine looks at it while somebody speaks, and not at its end
  // alone.
  const samples = jfkSamples();
  await pushAll(stream, samples.subarray(0, kMidSpeech_samples));
  await isHeard;
  await pushAll(stream, samples.subarray(kMidSpeech_samples));
  const transcript = await stream.stop();
  assert.ok(heardWords(transcript.text) >= 0.8 * kSpokenWords, transcript.text);
  assert.equal(transcript.language, 'en');
  assert.equal(transcript.timings.audio_ms, 11000);
  assert.ok(transcript.timings.encode_ms > 0 && transcript.timings.windows > 0);
  const words = transcript.segments.flatMap((segment) => segment.words);
  assert.equal(
    words
      .map(({ word }) => word)
      .join('')
      .trim(),
    transcript.text,
  );
  assert.ok(words.every(({ start, end }) => start >= 0 && end <= 11.1 && end >= start));
  assert.ok(updates.some(({ tentative }) => tentative !== ''));
  assert.equal(updates.at(-1).isFinal, true);
  assert.match(transcript.toVTT(), /^WEBVTT\n\n00:00:0/);
});

test('no memory is asked for after the first words', async () => {
  const fresh = await createTranscriber({ model: kModel });
  const stream = fresh.stream({ language: 'en' });
  let first_bytes = 0;
  stream.addEventListener('update', () => {
    first_bytes ||= stream.stats.heapBytes;
  });
  await pushAll(stream, jfkSamples());
  const { timings } = await stream.stop();
  fresh.close();
  assert.ok(first_bytes > 0);
  assert.equal(timings.peak_heap_bytes, first_bytes);
});

test('transcribe() waits until listening has stopped', async () => {
  const stream = transcriber.stream();
  assert.throws(() => transcriber.stream(), { name: 'BusyError', code: 'Busy' });
  const order = [];
  const call = transcriber.transcribe(kJfk).then(() => order.push('transcribe'));
  stream.push(new Float32Array(16000), 16000);
  await stream.stop().then(() => order.push('stream'));
  await call;
  assert.deepEqual(order, ['stream', 'transcribe']);
});

test('a signal stops it, and the next one works', async () => {
  const controller = new AbortController();
  const stream = transcriber.stream({ signal: controller.signal });
  stream.push(jfkSamples(), 16000);
  controller.abort();
  await assert.rejects(stream.result, { name: 'AbortError' });
  const next = transcriber.stream();
  await pushAll(next, jfkSamples().subarray(0, 3 * 16000));
  assert.match((await next.stop()).text, /^And so/i);
});

test('nothing pushed gives nothing', async () => {
  const { text, segments } = await transcriber.stream().stop();
  assert.equal(text, '');
  assert.deepEqual(segments, []);
});

for (const [options, message] of [
  [{ lang: 'en' }, /stream: unknown option 'lang'; expected one of language, /],
  [{ policy: 'newest' }, /'policy': expected one of 'both', 'agreement', 'alignatt'; got 'newest'/],
  [{ stepMs: 10 }, /'stepMs': expected a whole number from 50 to 10000; got 10/],
  [{ vad: 'on' }, /'vad': expected true or false; got 'on'/],
  [{ echoCancellation: true }, /unknown option 'echoCancellation'/],
  [null, /stream: expected an object of options; got null/],
]) {
  test(`stream() refuses ${JSON.stringify(options)}`, () => {
    assert.throws(() => transcriber.stream(options), { name: 'OptionError', message });
  });
}

test('what is no source, and what are no samples, is refused', async () => {
  const source = /source: expected 'microphone', 'display', a MediaStream or .*; got 'phone'/;
  assert.throws(() => transcriber.listen('phone'), { name: 'AudioError', message: source });
  assert.throws(() => transcriber.listen('microphone', { deviceId: 5 }), { name: 'OptionError' });
  const stream = transcriber.stream();
  assert.throws(() => stream.push([0, 1]), { name: 'AudioError', message: /got an array of 2/ });
  assert.throws(() => stream.push(new Float32Array(5), 10), { name: 'AudioError' });
  await stream.stop();
});

test('there is no microphone in Node', async () => {
  const captions = transcriber.listen();
  await assert.rejects(captions.started, { name: 'UnsupportedBrowserError' });
  await assert.rejects(captions.result, { name: 'UnsupportedBrowserError' });
});

test('a language that the model lacks ends it with its error', async () => {
  const stream = transcriber.stream({ language: 'de' });
  stream.push(new Float32Array(16000));
  await assert.rejects(stream.stop(), { name: 'OptionError' });
});

// Live captions in a page: the microphone and other sources, the Web Speech API's shape.
import { heardWords, kSpokenWords } from '../lib/heard.mjs';
import { expect, openApi, test } from './fixtures.js';
import { beginToListen, kModelUrl, microphoneLaunch, untilConfirmed } from './microphone.js';

test.use({ launchOptions: microphoneLaunch(), permissions: ['microphone'] });

test('captions of the microphone, on a strict page that is held up and hidden', async ({
  watched: page,
  servers,
}) => {
  await openApi(page, `${servers.plain}/strict/`);
  const run = await page.evaluate(async (model) => {
    const transcriber = await window.sotto.createTranscriber({ model });
    const captions = transcriber.listen('microphone');
    const health: string[] = [];
    captions.addEventListener('health', ({ detail }) => health.push(detail));
    let levels = 0;
    captions.addEventListener('level', ({ detail }) => {
      if (detail.peak > 0.05) levels++;
    });
    const stop = setTimeout(() => captions.stop(), 12_500);
    // Nobody looks at the page, and it does something else for a while.
    setTimeout(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
      const until = performance.now() + 3000;
      while (performance.now() < until);
      Reflect.deleteProperty(document, 'visibilityState');
      document.dispatchEvent(new Event('visibilitychange'));
    }, 3000);
    const updates = [];
    for await (const update of captions) updates.push(update);
    clearTimeout(stop);
    const transcript = await captions.result;
    const { stats } = captions;
    transcriber.close();
    return { updates, health, levels, stats, json: transcript.toJSON(), srt: transcript.toSRT() };
  }, kModelUrl);
  expect(run.json.text).not.toBe('');
  expect(heardWords(run.json.text), run.json.text).toBeGreaterThan(0.8 * kSpokenWords);
  // What was confirmed stays, and grows.
  const phrases = new Map<number, string>();
  for (const { phrase, confirmed } of run.updates) {
    expect(confirmed.startsWith(phrases.get(phrase) ?? '')).toBe(true);
    phrases.set(phrase, confirmed);
  }
  expect([...phrases.values()].join(' ').trim()).toBe(run.json.text);
  expect(run.updates.filter(({ isFinal }) => isFinal)).toHaveLength(phrases.size);
  expect(run.updates.some(({ tentative }) => tentative !== '')).toBe(true);
  const words = run.json.segments.flatMap((segment) => segment.words ?? []);
  expect(
    words
      .map(({ word }) => word)
      .join('')
      .trim(),
  ).toBe(run.json.text);
  words.forEach(({ start, end }, i) => {
    expect(end).toBeGreaterThanOrEqual(start);
    expect(start).toBeGreaterThanOrEqual(words[i - 1]?.start ?? 0);
    expect(end).toBeLessThan(12.5);
  });
  expect(run.stats).toMatchObject({ lostBlocks: 0, restarts: 0 });
  expect(run.stats.audioS).toBeGreaterThan(11);
  expect(run.stats.heapBytes).toBeGreaterThan(40e6);
  expect(run.levels).toBeGreaterThan(50);
  // Speech ended a second and a half before, which is no silence to complain about yet.
  expect(run.health).toEqual([]);
  expect(run.srt).toMatch(/^1\n00:00:0\d,\d{3} --> /);
});

test('a pause writes what was said, and nothing is heard until it ends', async ({ api: page }) => {
  await beginToListen(page);
  await untilConfirmed(page, 3);
  const paused = await page.evaluate(async () => {
    const { captions } = window;
    captions.pause();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return { text: captions.transcript.text, audioS: captions.stats.audioS };
  });
  const rest = await page.evaluate(async () => {
    const { captions } = window;
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { audioS } = captions.stats;
    await captions.resume();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const { text } = await captions.stop();
    return { text, audioS, later: captions.stats.audioS, seen: window.seen };
  });
  expect(rest.audioS).toBe(paused.audioS);
  expect(rest.later).toBeGreaterThan(paused.audioS + 0.5);
  expect(rest.text.startsWith(paused.text)).toBe(true);
  const states = ['listening', 'paused', 'listening', 'stopping', 'stopped'];
  expect(rest.seen).toEqual(states.map((state) => `state ${state}`));
});

test('on threads, where the page is isolated', async ({ watched: page, servers }) => {
  await openApi(page, `${servers.isolated}/page/`);
  await beginToListen(page, 'simd128-mt');
  await untilConfirmed(page, 3);
  const { text, restarts } = await page.evaluate(async () => {
    const { text } = await window.captions.stop();
    return { text, restarts: window.captions.stats.restarts };
  });
  expect(text).toMatch(/^And so/);
  expect(restarts).toBe(0);
});

test('sound of an element, of a stream and of the screen', async ({ api: page }) => {
  const run = await page.evaluate(async (model) => {
    const transcriber = await window.sotto.createTranscriber({ model });
    const until = (done: () => boolean) =>
      new Promise<void>((resolve) => {
        const timer = setInterval(() => {
          if (!done()) return;
          clearInterval(timer);
          resolve();
        }, 50);
      });
    const audio = new Audio('/samples/jfk.wav');
    const texts: string[] = [];
    // The same element twice: browsers let its sound be led away only once.
    for (const start_s of [0, 8]) {
      audio.currentTime = start_s;
      const captions = transcriber.listen(audio);
      await captions.started;
      await audio.play();
      await until(() => captions.transcript.text.length > 8);
      audio.pause();
      texts.push((await captions.stop()).text);
    }
    const context = new AudioContext();
    const file = await (await fetch('/samples/jfk.wav')).arrayBuffer();
    const source = new AudioBufferSourceNode(context, {
      buffer: await context.decodeAudioData(file),
    });
    const destination = context.createMediaStreamDestination();
    source.connect(destination);
    const { stream } = destination;
    const captions = transcriber.listen(stream);
    await captions.started;
    source.start();
    await until(() => captions.transcript.text.length > 8);
    // And over to the screen, whose fake sound is a beep.
    await captions.use('display');
    let peak = 0;
    captions.addEventListener('level', ({ detail }) => {
      peak = Math.max(peak, detail.peak);
    });
    await until(() => peak > 0);
    texts.push((await captions.stop()).text);
    const isLive = stream.getAudioTracks()[0]?.readyState === 'live';
    transcriber.close();
    return { texts, isLive };
  }, kModelUrl);
  const [first, second, third] = run.texts;
  expect(first).toMatch(/^And so/);
  expect(second).toMatch(/you/i);
  expect(third).toMatch(/^And so/);
  // A stream of the caller's is left to the caller.
  expect(run.isLive).toBe(true);
});

test('a page that was written for the Web Speech API', async ({ api: page }) => {
  const run = await page.evaluate(async (model) => {
    window.sotto.SpeechRecognition.settings = { model };
    Object.assign(window, { webkitSpeechRecognition: window.sotto.SpeechRecognition });
    // From here on, nothing of this package.
    const Recognition = (window as never as Record<string, typeof window.sotto.SpeechRecognition>)
      .webkitSpeechRecognition as typeof window.sotto.SpeechRecognition;
    const recognition = new Recognition();
    recognition.lang = 'en-US';
    recognition.interimResults = true;
    const events: string[] = [];
    const interim: string[] = [];
    let final = '';
    let confidence = 0;
    let again = '';
    recognition.onstart = () => {
      events.push('start');
      try {
        recognition.start();
      } catch (error) {
        again = (error as Error).name;
      }
    };
    recognition.onaudiostart = () => events.push('audiostart');
    recognition.onspeechstart = () => events.push('speechstart');
    recognition.addEventListener('speechend', () => events.push('speechend'));
    recognition.onaudioend = () => events.push('audioend');
    recognition.onerror = ({ error }) => events.push(`error ${error}`);
    recognition.onresult = (event) => {
      for (let i = event.resultIndex; i < event.results.length; i++) {
        const result = event.results[i];
        const { transcript } = result?.[0] ?? { transcript: '' };
        if (result?.isFinal) {
          final += transcript;
          confidence = result[0].confidence;
        } else interim.push(transcript);
      }
    };
    recognition.start();
    await new Promise<void>((resolve) => {
      recognition.onend = () => resolve();
    });
    const german = new Recognition();
    german.lang = 'de-DE';
    const refused = await new Promise((resolve) => {
      german.onerror = ({ error }) => resolve(error);
      german.start();
    });
    const aborted = new Recognition();
    aborted.continuous = true;
    const stopped = await new Promise((resolve) => {
      aborted.onstart = () => aborted.abort();
      aborted.onerror = ({ error }) => resolve(error);
      aborted.start();
    });
    await window.sotto.closeShared();
    return { events, interim, final, confidence, again, refused, stopped };
  }, kModelUrl);
  expect(run.final).toMatch(/^And so/);
  expect(run.confidence).toBeGreaterThan(0.3);
  expect(run.interim.length).toBeGreaterThan(2);
  expect(run.events).toEqual(['start', 'audiostart', 'speechstart', 'speechend', 'audioend']);
  expect(run.again).toBe('InvalidStateError');
  expect(run.refused).toBe('language-not-supported');
  expect(run.stopped).toBe('aborted');
});

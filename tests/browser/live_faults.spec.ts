// What goes wrong while listening: each is a named error or event, and there is a way on.
import { chromium, type Page } from '@playwright/test';
import { kChromiumArguments } from '../../scripts/lib/browser.mjs';
import { heardWords, kSpokenWords } from '../lib/heard.mjs';
import { expect, openApi, test } from './fixtures.js';
import { beginToListen, kModelUrl, microphoneLaunch, untilConfirmed } from './microphone.js';

test.use({ launchOptions: microphoneLaunch(), permissions: ['microphone'] });

// The name of the error with which listening ends, in a browser that is started for it.
async function failureIn(args: string[], isAllowed: boolean, url: string): Promise<string> {
  const { executablePath } = microphoneLaunch();
  const browser = await chromium.launch({ executablePath, args: [...kChromiumArguments, ...args] });
  try {
    const page = await browser.newPage();
    const session = await page.context().newCDPSession(page);
    const { targetInfo } = await session.send('Target.getTargetInfo');
    await session.send('Browser.setPermission', {
      permission: { name: 'microphone' },
      setting: isAllowed ? 'granted' : 'denied',
      browserContextId: targetInfo.browserContextId as string,
    });
    await openApi(page, url);
    return await page.evaluate(async (model) => {
      const transcriber = await window.sotto.createTranscriber({ model });
      const captions = transcriber.listen();
      const started = await captions.started.catch((error: Error) => error.name);
      const iterated = await captions[Symbol.asyncIterator]()
        .next()
        .catch((error: Error) => error.name);
      return `${started} ${iterated} ${captions.state}`;
    }, kModelUrl);
  } finally {
    await browser.close();
  }
}

test('permission denied, and no device', async ({ servers }) => {
  const url = `${servers.plain}/page/`;
  const device = ['--use-fake-device-for-media-stream'];
  expect(await failureIn(device, false, url)).toBe('PermissionError PermissionError stopped');
  expect(await failureIn([], true, url)).toBe('DeviceError DeviceError stopped');
});

test('a microphone is asked for sound whose noise is left in, unless a page wants it out', async ({
  api: page,
}) => {
  const asked = await page.evaluate(async (model) => {
    const asked: MediaStreamConstraints[] = [];
    navigator.mediaDevices.getUserMedia = async (constraints = {}) => {
      asked.push(constraints);
      throw new DOMException('no', 'NotAllowedError');
    };
    const transcriber = await window.sotto.createTranscriber({ model });
    const wanted = { noiseSuppression: true, echoCancellation: false, autoGainControl: false };
    for (const options of [{}, wanted]) {
      await transcriber.listen('microphone', options).result.catch(() => {});
    }
    transcriber.close();
    return asked.map(({ audio }) => audio);
  }, kModelUrl);
  expect(asked).toEqual([
    { noiseSuppression: false, echoCancellation: true, autoGainControl: true },
    { noiseSuppression: true, echoCancellation: false, autoGainControl: false },
  ]);
});

test('a device that is lost while it runs is told, and another one takes its place', async ({
  api: page,
}) => {
  await page.evaluate(() => {
    const { mediaDevices } = navigator;
    const open = mediaDevices.getUserMedia.bind(mediaDevices);
    const tracks: MediaStreamTrack[] = [];
    let isPlugged = true;
    mediaDevices.getUserMedia = async (constraints) => {
      if (!isPlugged) throw new DOMException('none', 'NotFoundError');
      const stream = await open(constraints);
      tracks.push(...stream.getAudioTracks());
      return stream;
    };
    Object.assign(window, {
      unplug: () => {
        isPlugged = false;
        const track = tracks.at(-1);
        track?.stop();
        track?.dispatchEvent(new Event('ended'));
      },
      plug: () => {
        isPlugged = true;
        mediaDevices.dispatchEvent(new Event('devicechange'));
      },
    });
  });
  await beginToListen(page);
  await untilConfirmed(page, 2);
  const before = await page.evaluate(() => window.captions.transcript.text);
  await page.evaluate(() => (window as never as { unplug: () => void }).unplug());
  await expect.poll(() => page.evaluate(() => window.captions.health)).toBe('device-lost');
  await page.evaluate(() => (window as never as { plug: () => void }).plug());
  await expect.poll(() => page.evaluate(() => window.captions.health)).toBe('ok');
  // The new one begins the speech anew.
  const words = before.split(' ').length;
  await untilConfirmed(page, words + 3);
  const { text, seen } = await page.evaluate(async () => {
    const { text } = await window.captions.stop();
    return { text, seen: window.seen };
  });
  expect(text.startsWith(before)).toBe(true);
  expect(seen.slice(1, 3)).toEqual(['health device-lost', 'health ok']);
});

test('silence of zeros, and a context that is suspended, are told and end', async ({
  api: page,
}) => {
  const run = await page.evaluate(async (model) => {
    const contexts: AudioContext[] = [];
    const Original = AudioContext;
    window.AudioContext = class extends Original {
      constructor(options?: AudioContextOptions) {
        super(options);
        contexts.push(this);
      }
    };
    const transcriber = await window.sotto.createTranscriber({ model });
    const captions = transcriber.listen();
    const seen: string[] = [];
    const waitFor = (health: string) =>
      new Promise<void>((resolve) => {
        captions.addEventListener('health', ({ detail }) => {
          if (detail === health) resolve();
        });
      });
    captions.addEventListener('health', ({ detail }) => seen.push(detail));
    await captions.started;
    const [context] = contexts;
    const suspended = waitFor('suspended');
    await context?.suspend();
    await suspended;
    const resumed = waitFor('ok');
    await captions.resume();
    await resumed;
    const source = new Original();
    const { stream } = source.createMediaStreamDestination();
    // A microphone that is switched off gives zeros, as this stream does.
    const microphone = stream.getAudioTracks()[0]?.getSettings().deviceId;
    navigator.mediaDevices.enumerateDevices = async () =>
      [{ kind: 'audioinput', deviceId: microphone, label: 'off' }] as never;
    const silent = waitFor('silent-input');
    await captions.use(stream);
    await silent;
    const back = waitFor('ok');
    await captions.use('microphone');
    await back;
    await captions.stop();
    return seen;
  }, kModelUrl);
  expect(run).toEqual(['suspended', 'ok', 'silent-input', 'ok']);
});

test('a worker that is killed is started anew, and no word is lost or said twice', async ({
  api: page,
}) => {
  await beginToListen(page);
  await untilConfirmed(page, 3);
  // In the middle of words that are heard and not yet confirmed.
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        window.captions.addEventListener('update', ({ detail }) => {
          if (detail.tentative !== '') resolve();
        });
      }),
  );
  const before = await page.evaluate(() => window.captions.transcript.text);
  // No error event comes of this, as when the browser ends a worker to have its memory.
  await page.workers()[0]?.evaluate(() => self.close());
  await expect
    .poll(() => page.evaluate(() => window.seen), { timeout: 10_000 })
    .toEqual(['state listening', 'restart 1 WorkerError']);
  const { text, restarts, times } = await page.evaluate(async (speech_s) => {
    const { captions } = window;
    while (captions.stats.audioS < speech_s) await new Promise((go) => setTimeout(go, 100));
    const { text, segments } = await captions.stop();
    const times = segments.flatMap(({ words }) => words.map(({ start }) => start));
    return { text, restarts: captions.stats.restarts, times };
  }, 11.5);
  expect(text.startsWith(before)).toBe(true);
  expect(heardWords(text), text).toBeGreaterThanOrEqual(0.8 * kSpokenWords);
  expect(text.split(' ').length, text).toBeLessThanOrEqual(kSpokenWords + 1);
  expect(restarts).toBe(1);
  // Times go on where they were.
  expect(times).toEqual([...times].sort((a, b) => a - b));
});

test('twice on one transcriber, stop before the microphone is allowed, close()', async ({
  api: page,
}) => {
  const run = await page.evaluate(async (model) => {
    const nameOf = (error: Error) => error.name;
    const transcriber = await window.sotto.createTranscriber({ model });
    const captions = transcriber.listen();
    let twice = '';
    try {
      transcriber.listen();
    } catch (error) {
      twice = nameOf(error as Error);
    }
    // Waits for the end of listening.
    const waiting = transcriber.transcribe('/samples/jfk.wav');
    const early = await captions.stop();
    const { text } = await waiting;
    const next = transcriber.listen();
    await next.started;
    transcriber.close();
    const closed = await next.result.then(() => '', nameOf);
    let after = '';
    try {
      transcriber.listen();
    } catch (error) {
      after = nameOf(error as Error);
    }
    return { twice, early: early.text, text, closed, after, state: next.state };
  }, kModelUrl);
  expect(run).toMatchObject({
    ...{ twice: 'BusyError', early: '', closed: 'ClosedError', after: 'ClosedError' },
    state: 'stopped',
  });
  expect(run.text).toMatch(/^And so/);
});

async function listenFor(page: Page, words: number): Promise<string> {
  await beginToListen(page);
  await untilConfirmed(page, words);
  return page.evaluate(async () => (await window.captions.stop()).text);
}

test('two pages at once', async ({ api: page, servers, context }) => {
  const other = await context.newPage();
  await openApi(other, `${servers.plain}/page/`);
  const texts = await Promise.all([listenFor(page, 3), listenFor(other, 3)]);
  for (const text of texts) expect(text).toMatch(/^And so/);
  await other.close();
});

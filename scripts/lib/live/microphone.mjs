// Live captions of a page whose microphone plays a recording, as long as it lasts.
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { makeWav } from '../../../tests/lib/wav.mjs';
import { kDist } from '../bench/dirs.mjs';
import { launchChromium, microphoneArguments } from '../browser.mjs';
import { SetupError } from '../log.mjs';
import { inRoot } from '../paths.mjs';
import { startServer } from '../serve.mjs';

// Before the recording there is silence, while the page opens the microphone, and in it a tone, by
// which the clocks of page and recording are compared.
const kBefore_s = 3;
const kTone_s = { begin: 2, end: 2.1 };
const kTone_hz = 1000;
const kToneLoudness = 0.5;
// What is louder than this is the tone; the silence of recordings is not.
const kThreshold = 0.05;
// The last words are waited for.
const kAfter_s = 2;

function withTone({ samples, rate_hz }) {
  const sound = new Float32Array(kBefore_s * rate_hz + samples.length);
  for (let i = kTone_s.begin * rate_hz; i < kTone_s.end * rate_hz; i += 1) {
    sound[i] = kToneLoudness * Math.sin((2 * Math.PI * kTone_hz * i) / rate_hz);
  }
  sound.set(samples, kBefore_s * rate_hz);
  return makeWav(sound, { sampleRate: rate_hz });
}

// In the page: what opens the microphone from now on is heard by a worklet beside the package's own,
// which waits for the tone.
function listenForTone(threshold) {
  const page = /** @type {any} */ (globalThis);
  // When frame 0 was there, and where the tone begins.
  page.tone = { zero_ms: Number.POSITIVE_INFINITY, frame: -1, rate_hz: 0 };
  const processor = `registerProcessor('tone', class extends AudioWorkletProcessor {
    process([[samples]]) {
      const at = samples ? samples.findIndex((x) => Math.abs(x) > ${threshold}) : -1;
      this.port.postMessage([currentFrame + 128, at < 0 ? -1 : currentFrame + at]);
      return true;
    }
  });`;
  const media = page.navigator.mediaDevices;
  const open = media.getUserMedia.bind(media);
  media.getUserMedia = async (constraints) => {
    const stream = await open(constraints);
    const context = new page.AudioContext();
    const module = new Blob([processor], { type: 'text/javascript' });
    await context.audioWorklet.addModule(URL.createObjectURL(module));
    const node = new page.AudioWorkletNode(context, 'tone');
    page.tone.rate_hz = context.sampleRate;
    node.port.onmessage = ({ data: [end, loud] }) => {
      const zero_ms = performance.now() - (end / context.sampleRate) * 1000;
      page.tone.zero_ms = Math.min(page.tone.zero_ms, zero_ms);
      if (page.tone.frame < 0) page.tone.frame = loud;
    };
    context.createMediaStreamSource(stream).connect(node);
    return stream;
  };
}

// In the page.
async function listen({ model, vadModel, variant, options, tone_ms, most_ms }) {
  const { sotto, tone } = /** @type {any} */ (globalThis);
  const transcriber = await sotto.createTranscriber({ model, vadModel, variant });
  const captions = transcriber.listen('microphone', options);
  const updates = [];
  let heap_bytes = 0;
  captions.addEventListener('update', ({ detail }) => {
    heap_bytes ||= captions.stats.heapBytes;
    updates.push({ shown_ms: performance.now(), ...detail });
  });
  await captions.started;
  const begin_ms = performance.now();
  await new Promise((resolve) => setTimeout(resolve, most_ms));
  const { segments } = await captions.stop();
  const { computeMs, heapBytes, lostBlocks } = captions.stats;
  transcriber.close();
  const origin_ms = tone.zero_ms + (tone.frame / tone.rate_hz) * 1000 - tone_ms;
  // Words' times are from where the microphone was opened; to a tenth of a second, that was here.
  const begin_s = (begin_ms - origin_ms) / 1000;
  const toRecording = (word) => ({ ...word, start: word.start + begin_s, end: word.end + begin_s });
  for (const update of updates) {
    update.shown_ms -= origin_ms;
    update.words = update.words.map(toRecording);
  }
  return {
    heard: tone.frame >= 0,
    updates,
    totals: {
      ...{ rounds_ms: [computeMs], passes_ms: [], lost_blocks: lostBlocks },
      heap_growth_bytes: heapBytes - heap_bytes,
      text: segments.map((segment) => segment.text),
    },
  };
}

/**
 * @param {{ chromium: string, model: string, vad: string, variant: string, language: string, options: object }} job
 * @param {string} policy
 * @param {{ samples: Float32Array, rate_hz: number }} audio
 * @param {(update: object) => void} show
 */
export async function playInChromium(job, policy, audio, show) {
  const dir = await fs.mkdtemp(path.join(os.tmpdir(), 'sotto-microphone-'));
  const file = path.join(dir, 'recording.wav');
  await fs.writeFile(file, withTone(audio));
  const server = await startServer({
    port: 0,
    mounts: [
      ['/lib/sotto/', kDist],
      ['/models/', path.dirname(job.model)],
      ['/vad/', path.dirname(job.vad)],
      ['/', inRoot('tests/browser/pages')],
    ],
  });
  const browser = await launchChromium(job.chromium, microphoneArguments(file));
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.port}/`);
    await page.waitForFunction(() => 'sotto' in globalThis);
    await page.evaluate(listenForTone, kThreshold);
    const { heard, updates, totals } = await page.evaluate(listen, {
      model: `/models/${path.basename(job.model)}`,
      vadModel: `/vad/${path.basename(job.vad)}`,
      variant: job.variant,
      options: { ...job.options, language: job.language, policy },
      tone_ms: (kTone_s.begin - kBefore_s) * 1000,
      most_ms: (kBefore_s + audio.samples.length / audio.rate_hz + kAfter_s) * 1000,
    });
    if (!heard) throw new SetupError('the microphone of the page did not play the recording');
    for (const update of updates) show(update);
    return totals;
  } finally {
    await browser.close();
    await server.close();
    await fs.rm(dir, { recursive: true });
  }
}

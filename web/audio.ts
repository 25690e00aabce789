// Understands the audio that a caller passes, on the page's side: samples stay here and are
// pulled by the worker piece by piece; files go to the worker, which reads WAV itself.
import { isDetached, kDetached } from './detached.js';
import { AudioError, shown } from './errors.js';
import { locate } from './locate.js';
import { isBlob } from './source.js';
import type { AudioInput, PcmAudio } from './types.js';
import type { AudioRequest } from './wire.js';

/** What Whisper hears, and what a bare Float32Array is taken for. */
export const kModelRateHz = 16000;

/** Audio that a worker can be told to transcribe. */
export interface AudioSource {
  request: AudioRequest;
  /** The next mono samples, as a copy that may be transferred. */
  pull(maxSamples: number): Float32Array;
  /** The whole file, for the browser to decode, where the page has it. */
  file?: () => Promise<ArrayBuffer>;
}

const noSamples = () => new Float32Array(0);

/** Reads channels of equal length as one: the mean of them. */
function pcmSource(channels: Float32Array[], sampleRate: number): AudioSource {
  const frames = channels[0]?.length ?? 0;
  let next = 0;
  const pull = (maxSamples: number) => {
    const end = Math.min(frames, next + maxSamples);
    const mono = new Float32Array(Math.max(0, end - next));
    for (const channel of channels) {
      const part = channel.subarray(next, end);
      for (let i = 0; i < part.length; i++) {
        mono[i] = (mono[i] as number) + (part[i] as number) / channels.length;
      }
    }
    next = end;
    return mono;
  };
  return { request: { kind: 'pcm', sampleRate, frames }, pull };
}

const isSamples = (value: unknown): value is Float32Array =>
  Object.prototype.toString.call(value) === '[object Float32Array]';

function checkThere(samples: Float32Array, what: string): void {
  if (!isDetached(samples.buffer)) return;
  throw new AudioError(`${what}: expected a buffer that is there; got ${kDetached}`);
}

// What the engine's resampler takes.
const kMinRateHz = 1000;
const kMaxRateHz = 768000;

function checkRate(sampleRate: unknown): void {
  const isRate = Number.isInteger(sampleRate) && typeof sampleRate === 'number';
  if (isRate && sampleRate >= kMinRateHz && sampleRate <= kMaxRateHz) return;
  const range = `${kMinRateHz} to ${kMaxRateHz}`;
  const got = shown(sampleRate);
  throw new AudioError(`audio.sampleRate: expected a whole number from ${range}; got ${got}`);
}

/** Throws an AudioError where these are no mono samples at a rate that the engine takes. */
export function checkSamples(samples: unknown, sampleRate: unknown): void {
  if (!isSamples(samples)) {
    throw new AudioError(`samples: expected a Float32Array; got ${shown(samples)}`);
  }
  checkThere(samples, 'samples');
  checkRate(sampleRate);
}

function fromPcm(audio: PcmAudio): AudioSource {
  const { samples, sampleRate } = audio;
  const channels = Array.isArray(samples) ? samples : [samples];
  if (channels.length === 0 || !channels.every(isSamples)) {
    const got = shown(channels.find((channel) => !isSamples(channel)) ?? samples);
    throw new AudioError(`audio.samples: expected a Float32Array or a list of them; got ${got}`);
  }
  for (const channel of channels) checkThere(channel, 'audio.samples');
  checkRate(sampleRate);
  const lengths = channels.map((channel) => channel.length);
  if (new Set(lengths).size > 1) {
    const got = lengths.join(', ');
    throw new AudioError(`audio.samples: expected channels of the same length; got ${got}`);
  }
  return pcmSource(channels, sampleRate);
}

function isAudioBuffer(value: unknown): value is AudioBuffer {
  const audio = value as Partial<AudioBuffer> | null;
  return typeof audio === 'object' && typeof audio?.getChannelData === 'function';
}

function fromAudioBuffer(audio: AudioBuffer): AudioSource {
  const channels = Array.from({ length: audio.numberOfChannels }, (_, i) =>
    audio.getChannelData(i),
  );
  return pcmSource(channels, Math.round(audio.sampleRate));
}

/** Understands the `audio` argument; AudioError where it is none. */
export function audioSource(audio: AudioInput): AudioSource {
  if (isSamples(audio)) return fromPcm({ samples: audio, sampleRate: kModelRateHz });
  if (isAudioBuffer(audio)) return fromAudioBuffer(audio);
  if (isBlob(audio)) {
    const request: AudioRequest = { kind: 'bytes', bytes: { kind: 'blob', blob: audio } };
    return { request, pull: noSamples, file: () => audio.arrayBuffer() };
  }
  if (typeof audio === 'string' || audio instanceof URL) {
    return { request: { kind: 'bytes', bytes: locate(audio, 'audio') }, pull: noSamples };
  }
  if (typeof audio === 'object' && audio !== null && 'samples' in audio) return fromPcm(audio);
  throw new AudioError(
    `audio: expected a Float32Array, { samples, sampleRate }, an AudioBuffer, a Blob or File, ` +
      `or an address; got ${shown(audio)}`,
  );
}

/** Decodes a file with the browser's decoders; `reason` says why the core did not. */
export async function decodeFile(file: ArrayBuffer, reason: string): Promise<AudioSource> {
  if (typeof OfflineAudioContext === 'undefined') throw new AudioError(reason);
  // Decoding brings the samples to the context's rate, which spares memory here and work later.
  const context = new OfflineAudioContext(1, 1, kModelRateHz);
  let decoded: AudioBuffer;
  try {
    decoded = await context.decodeAudioData(file);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `expected audio that this browser decodes; got none (${why}; ${reason})`;
    throw new AudioError(message, { cause });
  }
  return fromAudioBuffer(decoded);
}

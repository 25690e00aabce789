// One transcription in the worker: audio in by pieces, work in slices, events out.
import type { Remote } from 'comlink';
import type { ByteSource } from './bytes.js';
import { ChunkSource } from './bytes.js';
import { openBytes } from './download.js';
import { AudioError, abortError } from './errors.js';
import type { RawEngine, RawModule, RawSession, RawSessionState } from './raw.js';
import { unwrap } from './raw_errors.js';
import { isNode } from './runtime.js';
import type { VoiceActivity } from './voice.js';
import type {
  DecodeReply,
  HostApi,
  TranscribeReply,
  TranscribeRequest,
  WorkerEvent,
} from './wire.js';

// Long enough to make the pauses between slices cheap, short enough that an abort waits little.
const kSlice_ms = 40;
// Who wants the text as it comes sees it between slices: a fast machine would write all of it in one.
const kTokenSlice_ms = 10;

// Audio is fetched in pieces, so that its memory stays constant. An abort waits while one is listened
// to for speech, which takes up to 2 % of its time in the slowest build.
const kPull_s = 3;

/** Sends a call's events in order, and knows when the page has taken all of them. */
export class Events {
  #pending = new Set<Promise<void>>();

  constructor(
    private readonly host: Remote<HostApi>,
    private readonly id: number,
  ) {}

  emit(event: WorkerEvent): void {
    const sent: Promise<void> = this.host.emit(this.id, event).finally(() => {
      this.#pending.delete(sent);
    });
    this.#pending.add(sent);
  }

  /** Results travel on another port than events, so that they must wait for those. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending);
  }
}

const channel = new MessageChannel();

/** Lets messages in, such as an abort, between two slices of work. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    // Node takes up to a thousand messages of one port in a row, and ours would be among them.
    if (isNode) {
      setImmediate(resolve);
      return;
    }
    channel.port1.onmessage = () => resolve();
    channel.port2.postMessage(undefined);
  });
}

interface AudioReader {
  sampleRate: number;
  durationS: number;
  /** Mono samples, at most that many; none at the end. */
  read(maxSamples: number): Promise<Float32Array>;
  close(): void;
}

/** What one transcription works with. */
export interface SessionContext {
  module: RawModule;
  engine: RawEngine;
  host: Remote<HostApi>;
  events: Events;
  signal: AbortSignal;
  voice: VoiceActivity | undefined;
}

function pullReader(request: TranscribeRequest, host: Remote<HostApi>): AudioReader | undefined {
  const { audio, first, id } = request;
  if (audio.kind !== 'pcm') return undefined;
  let read = 0;
  const next = async (maxSamples: number) => {
    if (read < first.length) return first.subarray(read, read + maxSamples);
    // The page need not be asked whether there is more.
    return read < audio.frames ? host.pull(id, maxSamples) : new Float32Array(0);
  };
  return {
    sampleRate: audio.sampleRate,
    durationS: audio.frames / audio.sampleRate,
    read: async (maxSamples) => {
      const samples = await next(maxSamples);
      read += samples.length;
      return samples;
    },
    close: () => {},
  };
}

// RIFF <size> WAVE
function isWav(source: ByteSource): boolean {
  const head = new Uint8Array(12);
  if (!source.readAt(0, head)) return false;
  const text = String.fromCharCode(...head);
  return text.startsWith('RIFF') && text.endsWith('WAVE');
}

function wavReader(module: RawModule, source: ByteSource): AudioReader | { reason: string } {
  if (source.sizeBytes === 0) throw new AudioError('expected an audio file; got an empty one');
  if (!isWav(source)) return { reason: `expected a WAV file; got ${firstBytes(source)}` };
  const opened = module.WavStream.open(source);
  if (!opened.ok && opened.code === 'Unsupported') return { reason: opened.message };
  const stream = unwrap(opened, 'audio');
  const { sampleRateHz, frames } = stream.info();
  return {
    sampleRate: sampleRateHz,
    durationS: frames / sampleRateHz,
    read: async (maxSamples) => unwrap(stream.read(maxSamples), 'audio'),
    close: () => stream.delete(),
  };
}

function firstBytes(source: ByteSource): string {
  const head = new Uint8Array(Math.min(8, source.sizeBytes));
  source.readAt(0, head);
  const hex = Array.from(head, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `a file of ${source.sizeBytes} bytes that begins with ${hex}`;
}

/** Transcribes; where the core cannot read the audio, answers with what the browser may decode. */
export async function transcribe(
  request: TranscribeRequest,
  context: SessionContext,
): Promise<TranscribeReply | DecodeReply> {
  const { audio } = request;
  const pulled = pullReader(request, context.host);
  if (pulled || audio.kind === 'pcm') return run(request, context, pulled as AudioReader);
  const source = await openBytes(audio.bytes, {
    signal: context.signal,
    onBytes: (loaded, total) => {
      const fraction = total ? Math.min(1, loaded / total) : undefined;
      const progress = { stage: 'audio', fraction, positionS: 0, durationS: undefined } as const;
      context.events.emit({ type: 'progress', progress });
    },
  });
  try {
    const reader = wavReader(context.module, source);
    if ('reason' in reader) {
      const bytes = source instanceof ChunkSource ? source.takeAll() : undefined;
      return { kind: 'decode', bytes, reason: reader.reason };
    }
    try {
      return await run(request, context, reader);
    } finally {
      reader.close();
    }
  } finally {
    source.close();
  }
}

async function run(
  request: TranscribeRequest,
  context: SessionContext,
  reader: AudioReader,
): Promise<TranscribeReply> {
  await context.voice?.prepare(request.session.vad, context.signal);
  const session = unwrap(context.engine.newSession(request.session), 'session');
  try {
    await drive(session, request, context, reader);
    return {
      kind: 'done',
      segments: session.segments(0),
      language: session.language(),
      languageProbability: session.languageProbability(),
      languages: session.languages(),
      timings: session.timings(),
      trace: request.session.trace ? session.trace() : undefined,
    };
  } finally {
    session.delete();
  }
}

async function drive(
  session: RawSession,
  request: TranscribeRequest,
  context: SessionContext,
  reader: AudioReader,
): Promise<void> {
  const report = new Report(session, request.wantsTokens, context.events, reader.durationS);
  const block_samples = Math.ceil(kPull_s * reader.sampleRate);
  const slice_ms = request.wantsTokens ? kTokenSlice_ms : kSlice_ms;
  for (;;) {
    await breathe();
    if (context.signal.aborted) throw abortError(context.signal);
    const state = session.state();
    report.update(state);
    if (state.done) return;
    if (state.wantsAudio) {
      const samples = await reader.read(block_samples);
      const more = samples.length > 0;
      const taken = more ? session.push(samples, reader.sampleRate) : session.finish();
      unwrap(taken, 'audio');
    } else {
      unwrap(session.step(slice_ms), 'session');
    }
  }
}

// Whisper works by windows of 30 s.
const kWindow_s = 30;

/** Tells the page what is new since the last time. */
class Report {
  #segments = 0;
  #text = '';
  #position_s = -1;

  constructor(
    private readonly session: RawSession,
    private readonly wantsTokens: boolean,
    private readonly events: Events,
    private readonly duration_s: number,
  ) {}

  update(state: RawSessionState): void {
    if (state.segmentCount > this.#segments) {
      const segments = this.session.segments(this.#segments);
      this.#segments = state.segmentCount;
      this.events.emit({ type: 'segments', segments });
    }
    if (this.wantsTokens && state.partialText !== this.#text) {
      this.#text = state.partialText;
      this.events.emit({ type: 'token', text: state.partialText });
    }
    this.#progress(state);
  }

  #progress(state: RawSessionState): void {
    const window_s = Math.min(kWindow_s, Math.max(0, this.duration_s - state.positionS));
    const reached_s = state.positionS + state.windowProgress * window_s;
    // A window may be decoded again from an earlier time; progress that steps back looks broken.
    const positionS = state.done ? this.duration_s : Math.max(reached_s, this.#position_s);
    if (positionS === this.#position_s) return;
    this.#position_s = positionS;
    const fraction = this.duration_s > 0 ? Math.min(1, positionS / this.duration_s) : 1;
    const durationS = this.duration_s;
    const progress = { stage: 'transcribe', fraction, positionS, durationS } as const;
    this.events.emit({ type: 'progress', progress });
  }
}

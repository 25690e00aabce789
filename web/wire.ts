// What travels between the page and the worker. Calls never reject across that border: they
// answer with a Reply, whose error keeps its class and its fields.
import {
  AudioError,
  abortError,
  ClosedError,
  FileError,
  ModelChecksumError,
  ModelFormatError,
  NetworkError,
  OptionError,
  OutOfMemoryError,
  SottoError,
  StorageError,
  shown,
  UnsupportedBrowserError,
  UnsupportedModelError,
  WorkerError,
} from './errors.js';
import type { ListenRequest, LiveNews } from './live_wire.js';
import type { RawModelInfo, RawSegment, RawSessionOptions, RawTimings } from './raw.js';
import type { DotFlavour, LoadProgress, TranscribeProgress, Variant } from './types.js';

/** A file that the worker fetches. */
export interface UrlRequest {
  kind: 'url';
  url: string;
  bytes?: number | undefined;
  sha256?: string | undefined;
  /** It is kept for the next time where the browser can, and taken from there. */
  keep?: boolean | undefined;
}

/** Bytes that the worker reads or fetches. */
export type BytesRequest =
  | UrlRequest
  | { kind: 'file'; path: string; bytes?: number | undefined; sha256?: string | undefined }
  | { kind: 'blob'; blob: Blob }
  | { kind: 'buffer'; buffer: ArrayBuffer; offset: number; sizeBytes: number }
  /** The bytes went ahead in pieces, by feed(). */
  | { kind: 'fed' };

export interface OpenRequest {
  model: BytesRequest;
  variant: Variant;
  threads: number;
  precision: 'auto' | 'q8' | 'f32';
  vad: VadRequest;
}

/** Weights of voice activity, to be read when they are first needed. */
export interface VadRequest {
  model: BytesRequest;
  /** They were asked for: a failure to read them is one of the call. */
  wanted: boolean;
}

export interface KeepRequest {
  model: BytesRequest;
  vad: VadRequest;
}

export interface OpenReply {
  model: RawModelInfo;
  dotFlavour: DotFlavour;
  threads: number;
  download_ms: number;
  compile_ms: number;
  load_ms: number;
}

export type AudioRequest =
  /** Samples that the worker pulls from the page, piece by piece. */
  { kind: 'pcm'; sampleRate: number; frames: number } | { kind: 'bytes'; bytes: BytesRequest };

export interface TranscribeRequest {
  id: number;
  audio: AudioRequest;
  /** The first of the samples that are pulled, which come along; none of a file. */
  first: Float32Array;
  session: RawSessionOptions;
  wantsTokens: boolean;
}

export interface TranscribeReply {
  kind: 'done';
  segments: RawSegment[];
  language: string;
  languageProbability: number;
  languages: [string, number][];
  timings: RawTimings;
  trace: string | undefined;
}

/** The audio is not a WAV that the core reads; perhaps the browser decodes it. */
export interface DecodeReply {
  kind: 'decode';
  /** The file, where the page does not have it already. */
  bytes: ArrayBuffer | undefined;
  /** Why the core does not read it. */
  reason: string;
}

export type WorkerEvent =
  | { type: 'load'; progress: LoadProgress }
  | { type: 'progress'; progress: TranscribeProgress }
  | { type: 'segments'; segments: RawSegment[] }
  | { type: 'token'; text: string }
  | { type: 'live'; news: LiveNews };

/** What the page offers to its worker. */
export interface HostApi {
  /** Takes an event of call `id`; open() is call 0. */
  emit(id: number, event: WorkerEvent): void;
  /** The next mono samples of call `id`'s audio, at most that many; none at the end. */
  pull(id: number, maxSamples: number): Float32Array;
}

/** What the worker offers to its page. */
export interface WorkerApi {
  /**
   * Connects the port on which the page's HostApi answers. From then on the worker holds the lock
   * for as long as it lives; false where there are no locks.
   */
  connect(port: MessagePort, lock: string): Promise<boolean>;
  /** Bytes of a model that is opened as 'fed'. */
  feed(pieces: ArrayBuffer[]): void;
  open(request: OpenRequest): Promise<Reply<OpenReply>>;
  /** Fetches a model to keep it, and opens nothing. */
  keep(request: KeepRequest): Promise<Reply<void>>;
  transcribe(request: TranscribeRequest): Promise<Reply<TranscribeReply | DecodeReply>>;
  /** Live captions; answers when their audio has ended. */
  listen(request: ListenRequest): Promise<Reply<void>>;
  /** Ends live captions though their audio has not ended. */
  finish(id: number): void;
  /** Stops call `id`, now or between two slices of work. */
  abort(id: number): void;
}

export interface WireError {
  name: string;
  code?: string | undefined;
  message: string;
  url?: string | undefined;
  status?: number | undefined;
  path?: string | undefined;
  stack?: string | undefined;
  /** The module is in an unknown state: the worker must be started anew. */
  fatal: boolean;
}

export type Reply<T> = { ok: true; value: T } | { ok: false; error: WireError };

/** A failure after which the wasm module must not be used again. */
export class FatalError extends Error {
  constructor(readonly error: SottoError) {
    super(error.message);
  }
}

/** An error as plain data. */
export function toWire(thrown: unknown): WireError {
  const fatal = thrown instanceof FatalError;
  const error = fatal ? thrown.error : thrown;
  if (!(error instanceof Error)) {
    return { name: 'WorkerError', code: 'Worker', message: `threw ${shown(error)}`, fatal };
  }
  const { name, message, stack } = error;
  const wire: WireError = { name, message, stack, fatal };
  if (error instanceof SottoError) wire.code = error.code;
  if (error instanceof NetworkError) {
    wire.url = error.url;
    wire.status = error.status;
  }
  if (error instanceof FileError) wire.path = error.path;
  return wire;
}

/** The error that toWire() was given, as an instance of its class. */
export function fromWire(wire: WireError): Error {
  const { message } = wire;
  switch (wire.name) {
    case 'AbortError':
      return abortError();
    case 'OptionError':
      return new OptionError(message);
    case 'ModelFormatError':
      return new ModelFormatError(wire.code === 'Truncated' ? 'Truncated' : 'BadFormat', message);
    case 'ModelChecksumError':
      return new ModelChecksumError(message);
    case 'UnsupportedModelError':
      return new UnsupportedModelError(message);
    case 'AudioError':
      return new AudioError(message);
    case 'NetworkError':
      return new NetworkError(message, wire.url ?? '', wire.status);
    case 'FileError':
      return new FileError(message, wire.path ?? '');
    case 'StorageError':
      return new StorageError(wire.code === 'QuotaExceeded' ? 'QuotaExceeded' : 'Storage', message);
    case 'UnsupportedBrowserError':
      return new UnsupportedBrowserError(message);
    case 'OutOfMemoryError':
      return new OutOfMemoryError(message);
    case 'ClosedError':
      return new ClosedError(message);
    default:
      return unforeseen(wire);
  }
}

// Something that no code foresaw: its own words and place are what helps to find it.
function unforeseen(wire: WireError): WorkerError {
  if (wire.name === 'WorkerError') return new WorkerError(wire.message);
  const cause = new Error(wire.message);
  cause.name = wire.name;
  if (wire.stack !== undefined) cause.stack = wire.stack;
  return new WorkerError(`the worker failed: ${wire.name}: ${wire.message}`, { cause });
}

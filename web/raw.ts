// The raw wasm module, as the bindings in emscripten/ expose it. Nothing here throws: what can
// fail returns a RawResult. Handles own memory in the module and are freed with delete().
import type { DecodingOptions, DotFlavour, VadOptions } from './types.js';

/** The names of status codes of the core (src/base/status.h). */
export type RawCode =
  | 'InvalidArgument'
  | 'Truncated'
  | 'BadFormat'
  | 'Unsupported'
  | 'ChecksumMismatch'
  | 'OutOfMemory'
  | 'Io'
  | 'Cancelled'
  | 'BadState';

export interface RawFailure {
  ok: false;
  code: RawCode;
  message: string;
}

export type RawResult<T> = { ok: true; value: T } | RawFailure;

/** Random access to bytes outside the module. */
export interface RawByteSource {
  sizeBytes: number;
  /** Fills the view of wasm memory at once (growth would move it); false where it cannot. */
  readAt(offset: number, target: Uint8Array): boolean;
  /** These bytes will not be asked for again. */
  release?(offset: number, size: number): void;
}

export interface RawModelInfo {
  nMels: number;
  nAudioCtx: number;
  nAudioState: number;
  nAudioHead: number;
  nAudioLayer: number;
  nVocab: number;
  nTextCtx: number;
  nTextState: number;
  nTextHead: number;
  nTextLayer: number;
  multilingual: boolean;
  precision: string;
  weightsBytes: number;
}

/** What is missing keeps the core's default. */
export interface RawSessionOptions extends DecodingOptions {
  language: string;
  task: 'transcribe' | 'translate';
  timestamps: 'none' | 'segment' | 'word';
  encoderWindow: 'auto' | 'full';
  vad: 'auto' | 'off' | 'on';
  vadOptions: VadOptions;
  trace: boolean;
}

export interface RawWord {
  start: number;
  end: number;
  word: string;
  probability: number;
}

export interface RawSegment {
  id: number;
  seek: number;
  start: number;
  end: number;
  text: string;
  tokens: number[];
  avgLogProb: number;
  noSpeechProb: number;
  temperature: number;
  compressionRatio: number;
  words: RawWord[];
}

export interface RawSessionState {
  done: boolean;
  wantsAudio: boolean;
  positionS: number;
  windowProgress: number;
  segmentCount: number;
  partialText: string;
}

export interface RawTimings {
  load_ms: number;
  mel_ms: number;
  vad_ms: number;
  encode_ms: number;
  decode_ms: number;
  total_ms: number;
  audio_ms: number;
  windows: number;
  tokens: number;
  peak_heap_bytes: number;
}

export interface RawSession {
  push(samples: Float32Array, sampleRateHz: number): RawResult<undefined>;
  finish(): RawResult<undefined>;
  step(budgetMs: number): RawResult<undefined>;
  state(): RawSessionState;
  segments(from: number): RawSegment[];
  language(): string;
  languageProbability(): number;
  /** Codes and probabilities, the most probable first. */
  languages(): [string, number][];
  timings(): RawTimings;
  trace(): string;
  delete(): void;
}

/** What is missing keeps the core's default. */
export interface RawLiveOptions {
  policy?: 'both' | 'agreement' | 'alignatt' | undefined;
  stepMs?: number | undefined;
  beamSize?: number | undefined;
  language?: string | undefined;
  task?: 'transcribe' | 'translate' | undefined;
  initialPrompt?: string | undefined;
  hotwords?: string | undefined;
  vad: boolean;
}

/** What a step of a live session found. */
export interface RawLiveUpdate {
  /** Whether the model looked at the audio in this step. */
  ran: boolean;
  /** Newly confirmed text. */
  confirmed: string;
  /** The whole text behind it, as it seems now. */
  tentative: string;
  /** The newly confirmed words. */
  words: RawWord[];
  utteranceEnded: boolean;
  speaking: boolean;
  behind: boolean;
  stepMs: number;
  lagMs: number;
  passMs: number;
  /** When the next step is due, by the caller's clock. */
  nextMs: number;
}

/** What a live session has done so far. */
export interface RawLiveState {
  audioS: number;
  /** Code of the language; '' where it is not detected yet. */
  language: string;
  passes: number;
  tokens: number;
  melMs: number;
  vadMs: number;
  encodeMs: number;
  decodeMs: number;
  totalMs: number;
  peakHeapBytes: number;
}

export interface RawLiveSession {
  /** Takes mono samples, always at the same rate; does not run the model. */
  push(samples: Float32Array, sampleRateHz: number): RawResult<undefined>;
  /** Looks at the audio once, if that is due. `nowMs` is a clock of the caller's. */
  step(nowMs: number): RawResult<RawLiveUpdate>;
  /** Confirms what was said to its end. */
  finish(nowMs: number): RawResult<RawLiveUpdate>;
  state(): RawLiveState;
  delete(): void;
}

export interface RawEngine {
  info(): RawModelInfo;
  /** Threads that compute, the caller's among them. */
  threads(): number;
  /** Weights of Silero VAD, once. */
  loadVad(source: RawByteSource): RawResult<undefined>;
  newSession(options: RawSessionOptions): RawResult<RawSession>;
  createLiveSession(options: RawLiveOptions): RawResult<RawLiveSession>;
  delete(): void;
}

export interface RawWavInfo {
  sampleRateHz: number;
  channels: number;
  bitsPerSample: number;
  isFloat: boolean;
  frames: number;
}

export interface RawWavStream {
  info(): RawWavInfo;
  read(maxSamples: number): RawResult<Float32Array>;
  delete(): void;
}

export interface RawLoadOptions {
  /** One if not given. */
  threads?: number;
  precision: 'auto' | 'q8' | 'f32';
  onProgress?: (fraction: number) => boolean;
}

/** The worker of a thread, as Emscripten uses it. */
export interface RawThreadWorker {
  // biome-ignore lint/suspicious/noExplicitAny: web workers and ours name their events differently
  onmessage: ((event: any) => void) | null;
  // biome-ignore lint/suspicious/noExplicitAny: likewise
  onerror: ((event: any) => void) | null;
  postMessage(message: unknown): void;
  terminate(): void;
}

export interface RawModule {
  /** Emscripten's threads, in builds that have them. */
  PThread?: {
    unusedWorkers: RawThreadWorker[];
    loadWasmModuleToWorker(worker: RawThreadWorker): Promise<unknown>;
  };
  Engine: { load(source: RawByteSource, options: RawLoadOptions): RawResult<RawEngine> };
  WavStream: { open(source: RawByteSource): RawResult<RawWavStream> };
  heapBytes(): number;
  variant(): string;
  dotFlavour(): DotFlavour;
}

/** What Emscripten's start function takes, as far as it is used here. */
export interface RawModuleOptions {
  instantiateWasm(
    imports: WebAssembly.Imports,
    receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): object;
  print?: (text: string) => void;
  printErr?: (text: string) => void;
}

export type CreateRawModule = (options: RawModuleOptions) => Promise<RawModule>;

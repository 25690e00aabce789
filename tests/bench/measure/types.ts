// What a benchmark takes and what it gives. Results are plain data: they are the JSON of
// `npm run bench -- --json`.
import type { RawModule } from '../../../web/raw.js';
import type { Statistics } from './statistics.js';

/** Work of one run of an op (tests/bench/ops/op.h). */
export interface OpWork {
  name: string;
  shape: string;
  int8Mac: number;
  f32Mac: number;
  memoryBytes: number;
  encoderRuns: number;
  tokenRuns: number;
}

/** The module of tests/bench/ops. */
export interface OpsModule {
  ops(): OpWork[];
  flavour(): string;
  Runner: new (index: number) => { run(times: number): void; delete(): void };
}

/** Where measurements are taken, and what they are taken of. */
export interface Place {
  where: string;
  /** What runs the package: the browser's user agent, or Node's version. */
  agent: string;
  /** Processors that it has. */
  cores: number;
  /** The package. */
  sotto: typeof import('sotto');
  /** The raw engine of a variant without threads. */
  loadEngine(variant: string): Promise<RawModule>;
  /** The ops of a variant without threads. */
  loadOps(variant: string): Promise<OpsModule>;
  /** A 16-bit WAV file, read anew each time. */
  readClip(): Promise<ArrayBuffer>;
  readModel(): Promise<ArrayBuffer>;
}

export interface BenchOptions {
  /** Variants to measure; all if not given. */
  variants?: string[] | undefined;
  quick?: boolean | undefined;
  /** Leave out the stages or the ops. */
  parts?: ('stages' | 'ops')[] | undefined;
  encoderWindow?: 'auto' | 'full' | undefined;
  threads?: number | undefined;
  /** Stops it between two runs. */
  signal?: AbortSignal | undefined;
}

/** What this machine does at most with a variant, on one thread. */
export interface Peaks {
  /** 10^9 multiply-adds of bytes a second. */
  int8_gmac_s: number;
  /** 10^9 multiply-adds of floats a second. */
  f32_gmac_s: number;
  /** 10^9 bytes a second, read from what the nearby caches do not hold. */
  memory_gb_s: number;
  /** An estimate of the clock, from a chain of operations of known length. */
  clock_ghz: number;
}

export interface OpResult extends OpWork, Statistics {
  /** The least time that the peaks allow, over the measured one. */
  fraction: number;
  /** scalar's time over this one, where scalar was measured too. */
  speedup?: number | undefined;
}

export interface StageResult extends Statistics {
  id: string;
  name: string;
}

export interface PipelineResult extends Statistics {
  /** Time of the engine's work over the length of the audio. */
  rtf: number;
  tokens_per_s: number;
  tokens: number;
  audio_ms: number;
  peak_heap_bytes: number;
  text: string;
}

export interface VariantResult {
  variant: string;
  /** Why there is nothing but the name. */
  skipped?: string | undefined;
  flavour?: string | undefined;
  threads?: number | undefined;
  peaks?: Peaks | undefined;
  stages?: StageResult[] | undefined;
  pipeline?: PipelineResult | undefined;
  ops?: OpResult[] | undefined;
}

export interface PlaceResult {
  where: string;
  agent: string;
  cores: number;
  isolated: boolean;
  quick: boolean;
  encoderWindow: 'auto' | 'full';
  variants: VariantResult[];
}

export type BenchEvent =
  | { type: 'variant'; variant: string; flavour: string }
  | { type: 'skipped'; variant: string; reason: string }
  | { type: 'sample'; variant: string; name: string; runs: number; p50_ms: number; cv: number }
  | { type: 'done'; variant: string; name: string; result: Statistics };

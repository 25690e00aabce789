// The stages from a file to its text. docs/performance.md says what belongs to each.
import type { RawByteSource, RawEngine, RawModule, RawResult } from '../../../web/raw.js';
import type { OpTimer } from './ops.js';
import { pause } from './ops.js';
import type { Plan, Sample } from './statistics.js';
import { sampleAll, summarize } from './statistics.js';
import type { BenchOptions, PipelineResult, Place, StageResult } from './types.js';

export const stageNames = {
  A: 'model load',
  B: 'audio load',
  C: 'parse',
  D: 'resample',
  F: 'mel',
  G: 'encode',
  H: 'decode',
};
export type StageId = keyof typeof stageNames;

const kModelRate_hz = 16000;
// What microphones and most files give.
const kFileRate_hz = 48000;
// Stages that take less are run several times for a sample.
const kSample_ms = 2;

// The engine's own defaults, as web/transcriber.ts passes them.
const kSession = {
  language: 'en',
  task: 'transcribe',
  timestamps: 'segment',
  encoderWindow: 'auto',
  // What is measured is the model.
  vad: 'off',
  vadOptions: {},
  trace: false,
} as const;

const kLoad = { precision: 'auto', threads: 1 } as const;

function unwrap<T>(result: RawResult<T>): T {
  if (!result.ok) throw new Error(`bench: ${result.code}: ${result.message}`);
  return result.value;
}

function memorySource(buffer: ArrayBuffer): RawByteSource {
  const bytes = new Uint8Array(buffer);
  return {
    sizeBytes: bytes.length,
    readAt(offset, target) {
      target.set(bytes.subarray(offset, offset + target.length));
      return true;
    },
  };
}

function parse(engine: RawModule, clip: ArrayBuffer): Float32Array[] {
  const stream = unwrap(engine.WavStream.open(memorySource(clip)));
  try {
    const pieces: Float32Array[] = [];
    for (;;) {
      const piece = unwrap(stream.read(kModelRate_hz * 30));
      if (piece.length === 0) return pieces;
      pieces.push(piece);
    }
  } finally {
    stream.delete();
  }
}

function joined(pieces: Float32Array[]): Float32Array {
  const all = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

// The clip at another rate. What is in it does not change how long resampling takes, so that lines
// between the samples will do.
function stretched(samples: Float32Array, times: number): Float32Array {
  return Float32Array.from({ length: samples.length * times }, (_, i) => {
    const [from, part] = [Math.floor(i / times), (i % times) / times];
    const here = samples[from] ?? 0;
    return here + part * ((samples[from + 1] ?? here) - here);
  });
}

/** What the stages of one variant are measured with. */
export interface StageContext {
  place: Place;
  variant: string;
  options: BenchOptions;
  plan: Plan;
  calibration: OpTimer;
  onRun: (name: string, samples: Sample[]) => void;
  onDone: (result: StageResult) => void;
}

const title = (id: StageId) => `${id} ${stageNames[id]}`;

class Stages {
  readonly results: StageResult[] = [];

  constructor(private readonly context: StageContext) {}

  add(id: StageId, samples: Sample[]): void {
    const result = { id, name: stageNames[id], ...summarize(samples) };
    this.results.push(result);
    this.context.onDone(result);
  }

  /** Measures a stage that `work` runs, once a call; it may return the time if it knows better. */
  async measure(id: StageId, work: () => Promise<number | undefined> | number | undefined) {
    const { calibration, plan, onRun } = this.context;
    let times = 1;
    const run = async () => {
      await pause();
      const start_ms = performance.now();
      let known_ms: number | undefined;
      for (let i = 0; i < times; i++) {
        const taken_ms = await work();
        if (taken_ms !== undefined) known_ms = (known_ms ?? 0) + taken_ms;
      }
      const span_ms = known_ms ?? performance.now() - start_ms;
      const ms = span_ms / times;
      if (span_ms < kSample_ms) times *= 2;
      return [{ ms, calibration_ms: calibration.sampleLike(span_ms) }];
    };
    const [samples = []] = await sampleAll(run, plan, ([samples = []]) => {
      onRun(title(id), samples);
    });
    this.add(id, samples);
  }
}

const withoutThreads = (variant: string) => variant.replace(/-mt$/, '');

type Variant = import('sotto').Variant;

// A: a transcriber from the model's bytes, as the package counts it; the bytes are copied to its
// worker before that, and the worker's start does not belong to it either.
async function measureLoad(stages: Stages, context: StageContext, model: ArrayBuffer) {
  const { place, variant, options } = context;
  await stages.measure('A', async () => {
    const transcriber = await place.sotto.createTranscriber({
      model,
      variant: variant as Variant,
      threads: options.threads ?? 'auto',
    });
    transcriber.close();
    return transcriber.info.timings.load_ms;
  });
}

// C, D and F run on one thread whatever the variant, and outside of the worker they can be told
// apart: parsing the file; pushing 48 kHz into a session; the first slice of a window, which ends
// when the spectrogram is there.
async function measureAudio(stages: Stages, context: StageContext, model: ArrayBuffer) {
  const { place, variant } = context;
  const module = await place.loadEngine(withoutThreads(variant));
  await stages.measure('B', async () => {
    await place.readClip();
    return undefined;
  });
  const clip = await place.readClip();
  await stages.measure('C', () => {
    parse(module, clip);
    return undefined;
  });
  const samples = joined(parse(module, clip));
  const fast = stretched(samples, kFileRate_hz / kModelRate_hz);
  const engine = unwrap(module.Engine.load(memorySource(model), kLoad));
  try {
    await stages.measure('D', () => pushed_ms(engine, fast, kFileRate_hz));
    await stages.measure('F', () => mel_ms(engine, samples));
  } finally {
    engine.delete();
  }
}

function pushed_ms(engine: RawEngine, samples: Float32Array, rate_hz: number): number {
  const session = unwrap(engine.newSession(kSession));
  try {
    const start_ms = performance.now();
    unwrap(session.push(samples, rate_hz));
    return performance.now() - start_ms;
  } finally {
    session.delete();
  }
}

// A slice that has no time ends after its first piece of work.
const kNoTime_ms = 1e-6;

function mel_ms(engine: RawEngine, samples: Float32Array): number {
  const session = unwrap(engine.newSession(kSession));
  try {
    unwrap(session.push(samples, kModelRate_hz));
    unwrap(session.finish());
    const start_ms = performance.now();
    unwrap(session.step(kNoTime_ms));
    const taken_ms = performance.now() - start_ms;
    const { windows, encode_ms } = session.timings();
    if (windows !== 1 || encode_ms > 0) {
      throw new Error(`bench: expected a slice of mel only; got ${encode_ms} ms of the encoder`);
    }
    return taken_ms;
  } finally {
    session.delete();
  }
}

// G and H as the package counts them; the pipeline from the call to its promise.
async function measurePipeline(
  stages: Stages,
  context: StageContext,
  model: ArrayBuffer,
): Promise<{ pipeline: PipelineResult; threads: number }> {
  const { place, variant, options, plan, calibration, onRun } = context;
  const clip = new Blob([await place.readClip()], { type: 'audio/wav' });
  const transcriber = await place.sotto.createTranscriber({
    model,
    variant: variant as Variant,
    threads: options.threads ?? 'auto',
  });
  try {
    const encoderWindow = options.encoderWindow ?? 'auto';
    let last: import('sotto').Transcript | undefined;
    const run = async () => {
      await pause();
      const start_ms = performance.now();
      last = await transcriber.transcribe(clip, { encoderWindow });
      const wall_ms = performance.now() - start_ms;
      const calibration_ms = calibration.sampleLike(wall_ms);
      const { encode_ms, decode_ms, total_ms } = last.timings;
      return [encode_ms, decode_ms, wall_ms, total_ms].map((ms) => ({ ms, calibration_ms }));
    };
    const columns = await sampleAll(run, plan, ([g = [], h = [], wall = []]) => {
      onRun(title('G'), g);
      onRun(title('H'), h);
      onRun('pipeline', wall);
    });
    const [g = [], h = [], wall = [], total = []] = columns;
    stages.add('G', g);
    stages.add('H', h);
    const { text, timings } = last as import('sotto').Transcript;
    const { tokens, audio_ms, peak_heap_bytes } = timings;
    const decode_s = summarize(h).p50_ms / 1e3;
    const pipeline = {
      ...summarize(wall),
      rtf: summarize(total).p50_ms / audio_ms,
      tokens_per_s: tokens / decode_s,
      tokens,
      audio_ms,
      peak_heap_bytes,
      text,
    };
    return { pipeline, threads: transcriber.info.threads };
  } finally {
    transcriber.close();
  }
}

export async function measureStages(context: StageContext) {
  const stages = new Stages(context);
  const model = await context.place.readModel();
  await measureLoad(stages, context, model);
  await measureAudio(stages, context, model);
  const { pipeline, threads } = await measurePipeline(stages, context, model);
  return { stages: stages.results, pipeline, threads };
}

// Kernels, one after the other, and what the machine could do.
import { floor_ms } from './roofline.js';
import type { Plan, Sample } from './statistics.js';
import { fullPlan, sampleAll, summarize } from './statistics.js';
import type { OpResult, OpsModule, OpWork, Peaks } from './types.js';

// A sample takes at least this long, because clocks of browsers count in steps of 5 us, or of
// 100 us where a page is not isolated.
const kSample_ms = globalThis.crossOriginIsolated === false ? 5 : 2;
// How long warm-ups go on at least: compilers of browsers replace the first code they make while it
// runs, after some milliseconds.
const kWarmUp_ms = 60;

// Beyond this it is the average load that counts, which this shows as well.
const kLongestLike_ms = 250;

const kPeaks = {
  int8: 'peak int8',
  f32: 'peak f32',
  memory: 'peak memory',
  clock: 'peak clock',
};

/** Lets a page draw, and the browser's compiler hand over what it has made. */
export const pause = () => new Promise((resolve) => setTimeout(resolve, 0));

/** Runs one op, again and again. */
export class OpTimer {
  #runner: { run(times: number): void; delete(): void };
  #times = 1;

  constructor(module: OpsModule, index: number) {
    this.#runner = new module.Runner(index);
  }

  #run(times: number): number {
    const start_ms = performance.now();
    this.#runner.run(times);
    return performance.now() - start_ms;
  }

  /** Finds out how often to run for a sample. */
  async warmUp(): Promise<void> {
    const start_ms = performance.now();
    let taken_ms = this.#run(1);
    while (performance.now() - start_ms < kWarmUp_ms) {
      if (taken_ms < kSample_ms) this.#times *= 2;
      taken_ms = this.#run(this.#times);
      await pause();
    }
    const needed = (this.#times * kSample_ms) / Math.max(taken_ms, kSample_ms / 100);
    this.#times = Math.max(1, Math.ceil(needed));
  }

  /** Milliseconds of one run, and of all that were needed for a sample. */
  sample(): { ms: number; span_ms: number } {
    const span_ms = this.#run(this.#times);
    return { ms: span_ms / this.#times, span_ms };
  }

  /**
   * Milliseconds of one run while it is run for about as long as something else took. Only then do
   * both suffer alike from a system that lets programs wait for some milliseconds at a time.
   */
  sampleLike(span_ms: number): number {
    const wanted_ms = Math.min(kLongestLike_ms, span_ms);
    const times = Math.ceil(this.#times * Math.max(1, wanted_ms / kSample_ms));
    return this.#run(times) / times;
  }

  delete(): void {
    this.#runner.delete();
  }
}

/** The kernel by whose time all others are divided. */
export async function startCalibration(module: OpsModule): Promise<OpTimer> {
  const index = module.ops().findIndex(({ name, shape }) => {
    return name === kPeaks.f32 && shape === '8 chains';
  });
  const timer = new OpTimer(module, index);
  await timer.warmUp();
  return timer;
}

/** What an op is called. */
export const opName = ({ name, shape }: Pick<OpWork, 'name' | 'shape'>) => `${name} ${shape}`;

type OnOp = (name: string, samples: Sample[]) => void;

async function measureOne(
  module: OpsModule,
  index: number,
  calibration: OpTimer,
  plan: Plan,
  onRun: (samples: Sample[]) => void,
) {
  const timer = new OpTimer(module, index);
  try {
    await timer.warmUp();
    const run = async () => {
      await pause();
      const { ms, span_ms } = timer.sample();
      return [{ ms, calibration_ms: calibration.sampleLike(span_ms) }];
    };
    const [samples = []] = await sampleAll(run, plan, ([samples = []]) => onRun(samples));
    return samples;
  } finally {
    timer.delete();
  }
}

// All else is held against the peaks, and they take milliseconds, so that they are never hurried.
const kPeakPlan: Plan = { ...fullPlan, maxRuns: 30 };

/** What the machine can do, by the loops that do nothing else. */
export async function measurePeaks(
  module: OpsModule,
  calibration: OpTimer,
  onRun: OnOp,
): Promise<Peaks> {
  const best = { int8: 0, f32: 0, memory: 0, clock: 0 };
  for (const [index, op] of module.ops().entries()) {
    const kind = (Object.keys(kPeaks) as (keyof typeof kPeaks)[]).find(
      (key) => kPeaks[key] === op.name,
    );
    if (!kind) continue;
    const samples = await measureOne(module, index, calibration, kPeakPlan, (samples) =>
      onRun(opName(op), samples),
    );
    const work = op.int8Mac + op.f32Mac + op.memoryBytes;
    const rate = work / (Math.min(...samples.map(({ ms }) => ms)) / 1e3) / 1e9;
    best[kind] = Math.max(best[kind], rate);
  }
  const { int8, f32, memory, clock } = best;
  return { int8_gmac_s: int8, f32_gmac_s: f32, memory_gb_s: memory, clock_ghz: clock };
}

export async function measureOps(
  module: OpsModule,
  calibration: OpTimer,
  peaks: Peaks,
  plan: Plan,
  report: { onRun: OnOp; onDone: (result: OpResult) => void },
): Promise<OpResult[]> {
  const peakNames = Object.values(kPeaks);
  const results: OpResult[] = [];
  for (const [index, op] of module.ops().entries()) {
    if (peakNames.includes(op.name)) continue;
    const onRun = (samples: Sample[]) => report.onRun(opName(op), samples);
    const statistics = summarize(await measureOne(module, index, calibration, plan, onRun));
    const fraction = floor_ms(op, peaks) / statistics.p50_ms;
    const result = { ...op, ...statistics, fraction };
    results.push(result);
    report.onDone(result);
  }
  return results;
}

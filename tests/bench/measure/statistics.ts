// What is made of repeated measurements, and when there are enough of them.
import { mean, min, quantileSorted, sampleStandardDeviation } from 'simple-statistics';

/** How often something is run. */
export interface Plan {
  /** Runs that do not count: caches fill and the browser's compiler finishes. */
  warmUps: number;
  /** At least so many runs count. */
  minRuns: number;
  /** At most so many. */
  maxRuns: number;
  /** In between, it is enough when the coefficient of variation is below this. */
  steadyBelow: number;
  /** Or when so much time has passed, as a machine that others use never becomes steady. */
  longest_ms: number;
}

export const fullPlan: Plan = {
  warmUps: 5,
  minRuns: 10,
  maxRuns: 100,
  steadyBelow: 0.1,
  longest_ms: 120_000,
};

/** Enough to see that all works; its figures are rough. */
export const quickPlan: Plan = {
  ...fullPlan,
  warmUps: 1,
  minRuns: 2,
  maxRuns: 3,
  longest_ms: 2_000,
};

/** One run: how long it took, and how long the calibration kernel took just after it. */
export interface Sample {
  ms: number;
  calibration_ms: number;
}

export interface Statistics {
  runs: number;
  min_ms: number;
  mean_ms: number;
  p50_ms: number;
  p95_ms: number;
  p99_ms: number;
  /** Coefficient of variation: the standard deviation over the mean. */
  cv: number;
  /** Median time over the calibration kernel's: comparable across hours and machines of a kind. */
  ratio: number;
  /** The first quartile of the same, which disturbances move less. */
  ratio_p25: number;
  /** The least time over the calibration kernel's least: what is left when nobody disturbs. */
  ratio_min: number;
}

/** Standard deviation over mean; 0 for fewer than two values. */
export function variation(values: number[]): number {
  if (values.length < 2) return 0;
  const average = mean(values);
  return average > 0 ? sampleStandardDeviation(values) / average : 0;
}

export function summarize(samples: Sample[]): Statistics {
  if (samples.length === 0) throw new RangeError('summarize: expected samples; got none');
  const sorted = (values: number[]) => values.toSorted((a, b) => a - b);
  const times = sorted(samples.map(({ ms }) => ms));
  const ratios = sorted(samples.map(({ ms, calibration_ms }) => ms / calibration_ms));
  return {
    runs: times.length,
    min_ms: min(times),
    mean_ms: mean(times),
    p50_ms: quantileSorted(times, 0.5),
    p95_ms: quantileSorted(times, 0.95),
    p99_ms: quantileSorted(times, 0.99),
    cv: variation(times),
    ratio: quantileSorted(ratios, 0.5),
    ratio_p25: quantileSorted(ratios, 0.25),
    ratio_min: min(times) / min(samples.map(({ calibration_ms }) => calibration_ms)),
  };
}

/** Whether to stop: `columns` are the samples so far of each component of a run. */
export function isEnough(columns: Sample[][], elapsed_ms: number, plan: Plan): boolean {
  const runs = columns[0]?.length ?? 0;
  if (runs < plan.minRuns) return false;
  if (runs >= plan.maxRuns || elapsed_ms >= plan.longest_ms) return true;
  return columns.every((column) => variation(column.map(({ ms }) => ms)) < plan.steadyBelow);
}

/**
 * Runs until there are enough samples of each of the components that a run measures.
 * @param run takes one sample of each
 * @param onRun is told what there is so far
 */
export async function sampleAll(
  run: () => Promise<Sample[]>,
  plan: Plan,
  onRun: (columns: Sample[][]) => void = () => {},
): Promise<Sample[][]> {
  for (let i = 0; i < plan.warmUps; i++) await run();
  const columns: Sample[][] = [];
  const start_ms = performance.now();
  do {
    const samples = await run();
    samples.forEach((sample, i) => {
      columns[i] = [...(columns[i] ?? []), sample];
    });
    onRun(columns);
  } while (!isEnough(columns, performance.now() - start_ms, plan));
  return columns;
}

// A benchmark of the package in one place: Node, a browser that a script drives, or a page.
import { measureOps, measurePeaks, opName, startCalibration } from './ops.js';
import { measureStages } from './stages.js';
import type { Sample } from './statistics.js';
import { fullPlan, quickPlan, variation } from './statistics.js';
import type {
  BenchEvent,
  BenchOptions,
  Place,
  PlaceResult,
  StageResult,
  VariantResult,
} from './types.js';

export { floor_ms } from './roofline.js';
export { stageNames } from './stages.js';
export type * from './statistics.js';
export type * from './types.js';
export type { WasmGlue } from './wasm.js';
export { startWasm } from './wasm.js';
export { opName };

/** What the shape of saved results is called; another shape gets another number. */
export const schema = 'sotto-bench-1';

type OnEvent = (event: BenchEvent) => void;

type Variant = import('sotto').Variant;

const hasThreads = (variant: string) => variant.endsWith('-mt');
const withoutThreads = (variant: string) => variant.replace(/-mt$/, '');

const median = (samples: Sample[]) =>
  samples.map(({ ms }) => ms).toSorted((a, b) => a - b)[samples.length >> 1] ?? 0;

async function measureVariant(
  place: Place,
  variant: string,
  options: BenchOptions,
  onEvent: OnEvent,
): Promise<VariantResult> {
  const plan = options.quick ? quickPlan : fullPlan;
  const parts = options.parts ?? ['ops', 'stages'];
  const module = await place.loadOps(withoutThreads(variant));
  const flavour = module.flavour();
  const result: VariantResult = { variant, flavour };
  onEvent({ type: 'variant', variant, flavour });
  const calibration = await startCalibration(module);
  const onRun = (name: string, samples: Sample[]) => {
    options.signal?.throwIfAborted();
    const cv = variation(samples.map(({ ms }) => ms));
    const p50_ms = median(samples);
    onEvent({ type: 'sample', variant, name, runs: samples.length, p50_ms, cv });
  };
  try {
    if (parts.includes('ops') && !hasThreads(variant)) {
      const peaks = await measurePeaks(module, calibration, onRun);
      result.peaks = peaks;
      result.ops = await measureOps(module, calibration, peaks, plan, {
        onRun,
        onDone: (op) => onEvent({ type: 'done', variant, name: opName(op), result: op }),
      });
    }
    if (parts.includes('stages')) {
      const onDone = (stage: StageResult) =>
        onEvent({ type: 'done', variant, name: `${stage.id} ${stage.name}`, result: stage });
      const context = { place, variant, options, plan, calibration, onRun, onDone };
      const { stages, pipeline, threads } = await measureStages(context);
      Object.assign(result, { stages, pipeline, threads });
      onEvent({ type: 'done', variant, name: 'pipeline', result: pipeline });
    }
    return result;
  } finally {
    calibration.delete();
  }
}

// How much faster than scalar each op is, where scalar was measured.
function addSpeedups(variants: VariantResult[]): void {
  const scalar = variants.find(({ variant }) => variant === 'scalar')?.ops;
  const times = new Map(scalar?.map((op) => [opName(op), op.p50_ms]));
  for (const { ops = [] } of variants) {
    for (const op of ops) {
      const scalar_ms = times.get(opName(op));
      if (scalar_ms !== undefined) op.speedup = scalar_ms / op.p50_ms;
    }
  }
}

/** Why a variant does not run here; undefined where it does. */
export async function whyNot(
  sotto: typeof import('sotto'),
  variant: string,
): Promise<string | undefined> {
  try {
    await sotto.pickVariant(variant as Variant);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export async function measure(
  place: Place,
  options: BenchOptions,
  onEvent: OnEvent = () => {},
): Promise<PlaceResult> {
  const variants: VariantResult[] = [];
  for (const variant of options.variants ?? place.sotto.variantNames) {
    const reason = await whyNot(place.sotto, variant);
    if (reason === undefined) {
      variants.push(await measureVariant(place, variant, options, onEvent));
    } else {
      variants.push({ variant, skipped: reason });
      onEvent({ type: 'skipped', variant, reason });
    }
  }
  addSpeedups(variants);
  return {
    where: place.where,
    agent: place.agent,
    cores: place.cores,
    isolated: globalThis.crossOriginIsolated ?? false,
    quick: options.quick ?? false,
    encoderWindow: options.encoderWindow ?? 'auto',
    variants,
  };
}

// The builds of the engine, best first, and what each needs. A new build is a line here, a line
// in module.ts and one in emscripten/variants.cmake.
import { relaxedSimd, simd, threads } from 'wasm-feature-detect';
import { shown, UnsupportedBrowserError } from './errors.js';
import { nodeMajor } from './runtime.js';
import { autoThreads, logicalCores } from './threads.js';
import type { Variant } from './types.js';

interface Feature {
  /** How messages call it. */
  name: string;
  detect: () => Promise<boolean>;
}

const wasmSimd: Feature = { name: 'WebAssembly SIMD', detect: simd };

// Node 20 has relaxed SIMD behind a flag, but its compiler (V8 11.3) loses sums of the inner
// product. Node 22 and all browsers that have it without a flag are right.
const kRelaxedNode = 22;
const wasmRelaxedSimd: Feature = {
  name: 'WebAssembly relaxed SIMD',
  detect: async () => (nodeMajor === undefined || nodeMajor >= kRelaxedNode) && relaxedSimd(),
};

const wasmThreads: Feature = { name: 'WebAssembly threads', detect: threads };

interface VariantNeeds {
  name: Variant;
  /** Besides threads, where it computes on them. */
  needs: readonly Feature[];
}

const variants: readonly VariantNeeds[] = [
  { name: 'relaxed-mt', needs: [wasmRelaxedSimd] },
  { name: 'simd128-mt', needs: [wasmSimd] },
  { name: 'relaxed', needs: [wasmRelaxedSimd] },
  { name: 'simd128', needs: [wasmSimd] },
  { name: 'scalar', needs: [] },
];

/** Names of all builds, best first. */
export const variantNames = variants.map((variant) => variant.name);

// What is missing for a variant to run here, in words; empty where it runs.
async function missing(variant: VariantNeeds): Promise<string[]> {
  const found = await Promise.all(variant.needs.map((feature) => feature.detect()));
  const names = variant.needs.filter((_, index) => !found[index]).map((feature) => feature.name);
  if (!hasThreads(variant.name)) return names;
  // Threads need shared memory, which pages have only when they are cross-origin isolated, and a
  // page that is not hides whether the browser has threads. Node knows no isolation.
  if (globalThis.crossOriginIsolated === false) {
    names.push('cross-origin isolation (COOP and COEP headers)');
  } else if (!(await wasmThreads.detect())) {
    names.push(wasmThreads.name);
  }
  return names;
}

function isCandidate(name: Variant, wanted: 'auto' | Variant, count: 'auto' | number): boolean {
  if (wanted !== 'auto') return name === wanted;
  if (count === 'auto') return !hasThreads(name) || autoThreads(logicalCores()) > 1;
  return hasThreads(name) === count > 1;
}

/** Whether a build computes on threads. */
export const hasThreads = (variant: Variant): boolean => variant.endsWith('-mt');

/**
 * The variant to run: the forced one if it can, or the best one that can. More than one thread asks
 * for a build with threads, one thread for a build without; 'auto' prefers one with threads where
 * the machine has cores for them.
 */
export async function pickVariant(
  wanted: 'auto' | Variant,
  threadsWanted: 'auto' | number = 'auto',
): Promise<Variant> {
  if (typeof WebAssembly !== 'object') {
    throw new UnsupportedBrowserError('expected a browser with WebAssembly; got one without it');
  }
  const lacks: string[] = [];
  for (const variant of variants) {
    if (!isCandidate(variant.name, wanted, threadsWanted)) continue;
    const names = await missing(variant);
    if (names.length === 0) return variant.name;
    lacks.push(`'${variant.name}' lacks ${names.join(' and ')}`);
  }
  throw new UnsupportedBrowserError(
    `variant '${wanted}', threads ${shown(threadsWanted)}: expected a browser that can run it; got one where ${lacks.join('; ')}`,
  );
}

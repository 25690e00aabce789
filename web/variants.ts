// The builds of the engine, best first, and what each needs. A new build is a line here, a line
// in module.ts and one in emscripten/variants.cmake.
import { relaxedSimd, simd } from 'wasm-feature-detect';
import { UnsupportedBrowserError } from './errors.js';
import { nodeMajor } from './runtime.js';
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

interface VariantNeeds {
  name: Variant;
  needs: readonly Feature[];
  /** Threads need shared memory, which pages have only when they are cross-origin isolated. */
  isolated: boolean;
}

const variants: readonly VariantNeeds[] = [
  { name: 'relaxed', needs: [wasmRelaxedSimd], isolated: false },
  { name: 'simd128', needs: [wasmSimd], isolated: false },
  { name: 'scalar', needs: [], isolated: false },
];

/** Names of all builds, best first. */
export const variantNames = variants.map((variant) => variant.name);

// What is missing for a variant to run here, in words; empty where it runs.
async function missing(variant: VariantNeeds): Promise<string[]> {
  const found = await Promise.all(variant.needs.map((feature) => feature.detect()));
  const names = variant.needs.filter((_, index) => !found[index]).map((feature) => feature.name);
  if (variant.isolated && globalThis.crossOriginIsolated === false) {
    names.push('cross-origin isolation (COOP and COEP headers)');
  }
  return names;
}

/** The variant to run: the forced one if it can, or the best one that can. */
export async function pickVariant(wanted: 'auto' | Variant): Promise<Variant> {
  if (typeof WebAssembly !== 'object') {
    throw new UnsupportedBrowserError('expected a browser with WebAssembly; got one without it');
  }
  const lacks: string[] = [];
  for (const variant of variants) {
    if (wanted !== 'auto' && variant.name !== wanted) continue;
    const names = await missing(variant);
    if (names.length === 0) return variant.name;
    lacks.push(`'${variant.name}' lacks ${names.join(' and ')}`);
  }
  throw new UnsupportedBrowserError(
    `variant '${wanted}': expected a browser that can run it; got one where ${lacks.join('; ')}`,
  );
}

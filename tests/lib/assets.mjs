// What the tests of the package work on: the built package, the model, the sample speech.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const kRoot = fileURLToPath(new URL('../..', import.meta.url));

/** The built package; SOTTO_DIST names another build of it. */
export const kDist = process.env.SOTTO_DIST ?? path.join(kRoot, 'dist');
/** The built demo; SOTTO_DEMO names another build of it. */
export const kDemo = process.env.SOTTO_DEMO ?? path.join(kRoot, 'build/demo/file');
/** The built benchmark; SOTTO_BENCH_DEMO names another build of it. */
export const kBenchDemo = process.env.SOTTO_BENCH_DEMO ?? path.join(kRoot, 'build/demo/bench');
/** The built page of live captions; SOTTO_LIVE_DEMO names another build of it. */
export const kLiveDemo = process.env.SOTTO_LIVE_DEMO ?? path.join(kRoot, 'build/demo/live');
export const kModels = path.join(kRoot, 'models');
export const kModel = path.join(kModels, 'tiny.en-q8.sotto');
export const kSamples = path.join(kRoot, '.cache/assets');
export const kJfk = path.join(kSamples, 'jfk.wav');

/** What is said in the sample, as far as every setting agrees on it (commas and the full stop differ). */
export const kJfkText =
  /^And so,? my fellow Americans,? ask not what your country can do for you[,.]? [Aa]sk what you can do for your country\.?$/;

/** @returns {Promise<typeof import('../../web/index.js')>} */
export const loadPackage = () => import(pathToFileURL(path.join(kDist, 'index.js')).href);

/** Builds of the package that run in this Node: those of relaxed SIMD need Node 22. */
export async function runnableVariants() {
  const { pickVariant, variantNames } = await loadPackage();
  const runs = (variant) => pickVariant(variant).then(Boolean, () => false);
  const found = await Promise.all(variantNames.map(runs));
  return variantNames.filter((_, index) => found[index]);
}

/** The samples of the sample speech: 11 s of mono at 16 kHz. */
export function jfkSamples() {
  const bytes = readFileSync(kJfk);
  const start = bytes.indexOf('data') + 8;
  const pcm = new Int16Array(bytes.buffer.slice(bytes.byteOffset + start));
  return Float32Array.from(pcm, (value) => value / 32768);
}

// What is benchmarked and checked: the built package and what belongs to it. SOTTO_DIST and
// SOTTO_BUILD name another build, which is then taken as it is.
import path from 'node:path';
import { buildAll } from '../../build.mjs';
import { listVariants } from '../cmake.mjs';
import { inRoot } from '../paths.mjs';

export const kDist = process.env.SOTTO_DIST ?? inRoot('dist');
export const kBuild = process.env.SOTTO_BUILD ?? inRoot('build');
export const kBenchDemo = path.join(kBuild, 'demo/bench');

/** Builds everything, unless another build is named; returns the variants. */
export async function provideBuild() {
  if (!process.env.SOTTO_DIST) await buildAll();
  return listVariants();
}

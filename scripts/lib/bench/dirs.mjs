// What is benchmarked and checked: the built package and what belongs to it. SOTTO_DIST and
// SOTTO_BUILD name another build, which is then taken as it is.
import path from 'node:path';
import { setUpAssets } from '../../assets.mjs';
import { buildAll } from '../../build.mjs';
import { setUpModel } from '../../model.mjs';
import { listVariants } from '../cmake.mjs';
import { inCache, inRoot } from '../paths.mjs';

export const kDist = process.env.SOTTO_DIST ?? inRoot('dist');
export const kBuild = process.env.SOTTO_BUILD ?? inRoot('build');
export const kBenchDemo = path.join(kBuild, 'demo/bench');

/**
 * Builds everything and fetches the sample, unless another build is named.
 * @returns {Promise<{variants: string[], model: string, sample: string}>}
 */
export async function provideBuild() {
  const variants = await listVariants();
  const sample = inCache('assets/jfk.wav');
  if (process.env.SOTTO_DIST) {
    return { variants, model: inRoot('models/tiny.en-q8.sotto'), sample };
  }
  await buildAll();
  await setUpAssets();
  return { variants, model: await setUpModel(), sample };
}

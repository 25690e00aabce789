// The benchmark in Node: in a process of its own, which leaves this one free to show what goes on,
// and which may be a newer Node.
import { fork } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { setUpRelaxedNode } from '../../node.mjs';
import { SetupError } from '../log.mjs';
import { inRoot } from '../paths.mjs';
import { kBuild, kDist } from './dirs.mjs';

const kChild = fileURLToPath(new URL('node_child.mjs', import.meta.url));
const kMeasure = inRoot('build/bench/measure.mjs');

/** Bundles the measurements, which are TypeScript because the demo's page takes them too. */
export async function bundleMeasure() {
  const bundle = await rolldown({
    input: inRoot('tests/bench/measure/index.ts'),
    platform: 'neutral',
    resolve: { mainFields: ['module', 'main'] },
  });
  const { output } = await bundle.generate({ format: 'esm' });
  await bundle.close();
  // Another benchmark may be reading it.
  await fs.mkdir(path.dirname(kMeasure), { recursive: true });
  await fs.writeFile(`${kMeasure}.${process.pid}`, output[0].code);
  await fs.rename(`${kMeasure}.${process.pid}`, kMeasure);
  return kMeasure;
}

/**
 * @param {{audio: string, model: string, options: any}} job
 * @param {(event: any) => void} onEvent
 */
export async function measureInNode(job, onEvent) {
  const measure = await bundleMeasure();
  const isRelaxed = job.options.variants.some((variant) => variant.startsWith('relaxed'));
  const execPath = isRelaxed ? await setUpRelaxedNode() : process.execPath;
  const child = fork(kChild, { execPath, execArgv: [] });
  child.send({ ...job, measure, dist: kDist, build: kBuild });
  return new Promise((resolve, reject) => {
    child.on('message', (/** @type {any} */ { event, result, error }) => {
      if (event) onEvent(event);
      if (result) resolve(result);
      if (error) reject(new SetupError(`node: ${error}`));
    });
    child.on('error', reject);
    child.on('exit', (code) => reject(new SetupError(`node: the process ended with code ${code}`)));
  });
}

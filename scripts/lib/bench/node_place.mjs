// The benchmark in this process.
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import v8 from 'node:v8';
import { rolldown } from 'rolldown';
import { inRoot } from '../paths.mjs';
import { kBuild, kDist } from './dirs.mjs';

const kMeasure = inRoot('build/bench/measure.mjs');

/** The measurements: TypeScript, because the demo's page takes them too. */
export async function loadMeasure() {
  const bundle = await rolldown({
    input: inRoot('tests/bench/measure/index.ts'),
    platform: 'neutral',
    resolve: { mainFields: ['module', 'main'] },
  });
  await bundle.write({ file: kMeasure, format: 'esm' });
  await bundle.close();
  return import(pathToFileURL(kMeasure).href);
}

/** Node before 22 has relaxed SIMD behind a flag, which works until the first module is compiled. */
export function allowRelaxedSimd() {
  if (Number(process.versions.node.split('.')[0]) < 22) {
    v8.setFlagsFromString('--experimental-wasm-relaxed-simd');
  }
}

const importFile = (file) => import(pathToFileURL(file).href);

// A copy of its own: files that are read may share one large buffer.
async function bytesOf(file) {
  const bytes = await fs.readFile(file);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
}

/**
 * @param {{audio: string, model: string, options: object}} job
 * @param {(event: any) => void} onEvent
 */
export async function measureInNode({ audio, model, options }, onEvent) {
  allowRelaxedSimd();
  const { measure, startWasm } = await loadMeasure();
  const start = (dir, name) =>
    startWasm(importFile(path.join(dir, `${name}.mjs`)), bytesOf(path.join(dir, `${name}.wasm`)));
  const place = {
    where: 'node',
    agent: `Node ${process.versions.node}`,
    cores: os.availableParallelism(),
    sotto: await importFile(path.join(kDist, 'index.js')),
    loadEngine: (variant) => start(kDist, `sotto-${variant}`),
    loadOps: (variant) => start(path.join(kBuild, 'wasm', variant), `sotto-bench-${variant}`),
    readClip: () => bytesOf(audio),
    readModel: () => bytesOf(model),
  };
  return measure(place, options, onEvent);
}

// This page as a place to measure in: where its engines, kernels, clip and model come from.
import * as sotto from 'sotto';
import type { OpsModule, Place, WasmGlue } from '../../../tests/bench/measure/index.js';
import { startWasm } from '../../../tests/bench/measure/index.js';
import type { RawModule } from '../../../web/raw.js';

// Builds with threads have a glue that starts workers; what is measured outside of the package's own
// worker needs none.
const engineGlue = import.meta.glob<WasmGlue<RawModule>>([
  'sotto-builds/*/sotto-*.mjs',
  '!**/sotto-bench-*',
  '!**/*-mt.mjs',
]);
const engineWasm = import.meta.glob<string>(
  ['sotto-builds/*/sotto-*.wasm', '!**/sotto-bench-*', '!**/*-mt.wasm'],
  { query: '?url', import: 'default' },
);
const opsGlue = import.meta.glob<WasmGlue<OpsModule>>('sotto-builds/*/sotto-bench-*.mjs');
const opsWasm = import.meta.glob<string>('sotto-builds/*/sotto-bench-*.wasm', {
  query: '?url',
  import: 'default',
});

async function fetchBytes(url: string): Promise<ArrayBuffer> {
  // Not from the cache: reading the file is one of the stages.
  const response = await fetch(url, { cache: 'no-store' });
  if (!response.ok) throw new Error(`${url}: expected a file; got status ${response.status}`);
  return response.arrayBuffer();
}

function find<T>(files: Record<string, () => Promise<T>>, ending: string): Promise<T> {
  const name = Object.keys(files).find((path) => path.endsWith(`/${ending}`));
  const load = name === undefined ? undefined : files[name];
  if (!load) throw new Error(`expected ${ending} beside this page; it was not built in`);
  return load();
}

const bytesOf = async (url: Promise<string>) => fetchBytes(await url);

/** The clip that is measured where none is named. */
export const kClip = 'jfk.wav';

/** `clip` and `model` are file names in the folders beside the page. */
export function thisPage(clip = kClip, model = 'tiny.en-q8.sotto'): Place {
  const at = (path: string) => new URL(path, document.baseURI).href;
  return {
    where: 'page',
    agent: navigator.userAgent,
    cores: navigator.hardwareConcurrency,
    sotto,
    loadEngine: (variant) =>
      startWasm<RawModule>(
        find(engineGlue, `sotto-${variant}.mjs`),
        bytesOf(find(engineWasm, `sotto-${variant}.wasm`)),
      ),
    loadOps: (variant) =>
      startWasm<OpsModule>(
        find(opsGlue, `sotto-bench-${variant}.mjs`),
        bytesOf(find(opsWasm, `sotto-bench-${variant}.wasm`)),
      ),
    readClip: () => fetchBytes(at(`samples/${encodeURIComponent(clip)}`)),
    readModel: () => fetchBytes(at(`models/${encodeURIComponent(model)}`)),
  };
}

// npm run build [-- --variant V] [--native]: every WebAssembly variant and the package around
// them into dist/. --variant builds one variant only, --native the native command only.
import fs from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { setUpDeps } from './deps.mjs';
import { buildCommand, buildVariant, listVariants, withoutThreads } from './lib/cmake.mjs';
import { run } from './lib/exec.mjs';
import { runMain, SetupError, step } from './lib/log.mjs';
import { inRoot, isMain, shown } from './lib/paths.mjs';
import { hashInputs, isStamped, listFiles, setStamp } from './lib/stamp.mjs';
import { requireTools } from './lib/tools.mjs';
import { setUpNpm } from './npm.mjs';
import { setUpToolchain } from './toolchain.mjs';

// The size each WebAssembly file may have: it is loaded by a web page before anything works.
const kMaxWasm_bytes = 400 * 1024;

const wasmFile = (variant) => inRoot('build/wasm', variant, `sotto-${variant}.wasm`);

/** Raw, gzip and brotli size of each variant's file; fails where one is over its limit. */
export async function reportSizes(variants) {
  const kilo = (n_bytes) => `${(n_bytes / 1024).toFixed(1)} KB`.padStart(9);
  const over = [];
  for (const variant of variants) {
    const file = wasmFile(variant);
    const bytes = await fs.readFile(file);
    const sizes = [bytes, gzipSync(bytes, { level: 9 }), brotliCompressSync(bytes)];
    const [raw, gzip, brotli] = sizes.map((data) => kilo(data.length));
    step('size', `${path.basename(file).padEnd(22)} raw ${raw}  gzip ${gzip}  brotli ${brotli}`);
    if (bytes.length > kMaxWasm_bytes) over.push(`${shown(file)} (${raw.trim()})`);
  }
  if (over.length > 0) {
    throw new SetupError(`over ${kMaxWasm_bytes / 1024} KB: ${over.join(', ')}`, 'make it smaller');
  }
}

async function runScript(file, what) {
  await run(process.execPath, [inRoot(file)], { what });
}

// The JavaScript around the variants, and the demo.
async function buildPackage(variants) {
  const glue = variants.map((variant) => wasmFile(variant).replace(/wasm$/, 'mjs'));
  // The benchmark's page holds the measurements and the kernels, too.
  const bench = withoutThreads(variants).flatMap((variant) =>
    ['mjs', 'wasm'].map((ending) =>
      inRoot('build/wasm', variant, `sotto-bench-${variant}.${ending}`),
    ),
  );
  const names = ['web', 'demos', 'tests/bench/measure', 'package-lock.json', 'tsconfig.json'];
  const sources = names.map((one) => inRoot(one));
  const hash = await hashInputs([...sources, ...glue, ...variants.map(wasmFile), ...bench]);
  if (await isStamped('package', hash)) return;
  step('build', 'the package into dist/ and the demos into build/demo/');
  await runScript('web/build.mjs', 'building dist/');
  await runScript('demos/build.mjs', 'building the demos');
  const outputs = [];
  for (const dir of [inRoot('dist'), inRoot('build/demo')]) {
    outputs.push(...(await listFiles(dir)).map((file) => path.join(dir, file)));
  }
  await setStamp('package', hash, outputs);
}

/** Builds every variant and the package, setting up what that needs. */
export async function buildAll() {
  requireTools('g++', 'cmake', 'python3', 'tar');
  await setUpNpm();
  await setUpToolchain();
  await setUpDeps();
  const variants = await listVariants();
  const built = [];
  for (const variant of variants) if (await buildVariant(variant)) built.push(variant);
  if (built.length > 0) await reportSizes(variants);
  await buildPackage(variants);
}

if (isMain(import.meta.url)) {
  await runMain(async () => {
    const { values } = parseArgs({
      options: { variant: { type: 'string' }, native: { type: 'boolean' } },
    });
    if (values.native) {
      requireTools('g++', 'cmake', 'python3', 'tar');
      await setUpDeps();
      await buildCommand();
      return;
    }
    if (!values.variant) {
      await buildAll();
      await reportSizes(await listVariants());
      return;
    }
    const variants = await listVariants();
    if (!variants.includes(values.variant)) {
      throw new SetupError(`unknown variant '${values.variant}'`, `one of: ${variants.join(', ')}`);
    }
    await setUpToolchain();
    await setUpDeps();
    await buildVariant(values.variant);
    await reportSizes([values.variant]);
  });
}

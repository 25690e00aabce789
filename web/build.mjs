// Builds the package into dist/: index.js, worker.js, worklet.js and isolation.js, their types, and beside them the
// engine's builds from build/wasm/, packed.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipAsync } from '@gfx/zopfli';
import { build } from 'rolldown';
import { writeLicences } from './licences.mjs';

const kWeb = path.dirname(fileURLToPath(import.meta.url));
const kRoot = path.dirname(kWeb);

// The engine's builds: a folder each, named after the variant.
async function listBuilds(wasmDir) {
  const names = await fs.readdir(wasmDir).catch(() => []);
  if (names.length === 0) throw new Error(`${wasmDir}: expected a folder per variant; got none`);
  return names.map((name) => {
    const stem = path.join(wasmDir, name, `sotto-${name}`);
    return { name, glue: `${stem}.mjs`, wasm: `${stem}.wasm` };
  });
}

// Emscripten's start file of each build, by the name that module.ts imports. Builds that differ in
// the name of their WebAssembly file alone, which the package gives them by itself, share one.
async function glueAliases(builds) {
  const files = new Map();
  const aliases = {};
  for (const { name, glue } of builds) {
    const text = await fs.readFile(glue, 'utf8');
    const shared = text.replaceAll(`sotto-${name}.wasm`, 'sotto.wasm');
    if (!files.has(shared)) files.set(shared, glue);
    aliases[`sotto-glue/${name}`] = files.get(shared);
  }
  return aliases;
}

// Browsers without SIMD cannot unpack either: DecompressionStream came with it or later (Safari has
// both since 16.4).
const kNeverPacked = ['scalar'];

// Packed, because five builds take two megabytes otherwise; engine_file.ts unpacks what it reads. Zopfli finds 5 %
// that zlib leaves.
async function packEngine({ name, wasm }, dist) {
  if (kNeverPacked.includes(name)) {
    await fs.copyFile(wasm, path.join(dist, path.basename(wasm)));
    return;
  }
  const packed = await gzipAsync(await fs.readFile(wasm), { numiterations: 15 });
  await fs.writeFile(path.join(dist, `${path.basename(wasm)}.gz`), packed);
}

// Vite, and others like it, put files below 4 KB into the page as data: URLs, which a strict Content
// Security Policy does not let run. This text is there to be read, and keeps worklet.js above that.
const kInlined_bytes = 4096;
const kWorkletBanner = `/*
 * The part of sotto that runs in the audio thread. It is a file of its own because the browser loads
 * it by its address (AudioWorklet.addModule), as it does worker.js: serve both beside index.js. The
 * audio goes from here to the worker, and not by the page; the page hears how loud it is.
 */`;

// Stands by itself: no other file of the package names it, so that no bundler takes it in.
const kIsolation = 'isolation.ts';

// Each entry by itself, so that dist/ holds four files and no shared pieces that a page would have
// to load, or a person to host, besides them; workers in more than one file are more than some
// bundlers take. `new URL` of files beside them stays as it is written: that is how bundlers of
// those who use the package find the files.
async function bundle(entry, alias, dist) {
  const file = path.join(dist, entry.replace(/ts$/, 'js'));
  const { output } = await build({
    input: path.join(kWeb, entry),
    platform: 'neutral',
    output: {
      file,
      // Pages load this one as a classic script, and browsers start it as a service worker.
      format: entry === kIsolation ? 'iife' : 'esm',
      codeSplitting: false,
      banner: entry === 'worklet.ts' ? kWorkletBanner : '',
      // Nobody reads the worker, a third of which is Emscripten's start files; names stay, for stacks.
      minify: entry === 'worker.ts' && { compress: false, mangle: false, codegen: true },
    },
    resolve: { mainFields: ['module', 'main'], alias },
    onLog(level, log, fallback) {
      if (level === 'warn') throw new Error(`${entry}: ${log.message}`);
      fallback(level, log);
    },
  });
  if (entry !== kIsolation && (await fs.stat(file)).size <= kInlined_bytes) {
    throw new Error(`${file}: expected more than ${kInlined_bytes} bytes, or bundlers inline it`);
  }
  return output.flatMap((chunk) => ('moduleIds' in chunk ? chunk.moduleIds : []));
}

function writeTypes(dist) {
  const tsc = path.join(kRoot, 'node_modules/.bin/tsc');
  const args = ['-p', path.join(kWeb, 'tsconfig.build.json'), '--outDir', dist];
  const { status, stdout, stderr } = spawnSync(tsc, args, { cwd: kRoot, encoding: 'utf8' });
  if (status !== 0) throw new Error(`tsc: expected no errors; got:\n${stdout}${stderr}`);
}

/** Builds the package from the variants in `wasmDir` into `dist`, which is emptied first. */
export async function buildPackage({ wasmDir, dist }) {
  const builds = await listBuilds(wasmDir);
  const alias = await glueAliases(builds);
  await fs.rm(dist, { recursive: true, force: true });
  await fs.mkdir(dist, { recursive: true });
  writeTypes(dist);
  const moduleIds = [];
  for (const entry of ['index.ts', 'worker.ts', 'worklet.ts', kIsolation])
    moduleIds.push(...(await bundle(entry, alias, dist)));
  await writeLicences(moduleIds, dist);
  for (const build of builds) await packEngine(build, dist);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wasmDir = path.join(kRoot, 'build/wasm');
  await buildPackage({ wasmDir, dist: path.join(kRoot, 'dist') });
}

// Builds the package into dist/: index.js, worker.js and worklet.js, their types, and beside them the engine's
// builds from build/wasm/.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { writeLicences } from './licences.mjs';

const kWeb = path.dirname(fileURLToPath(import.meta.url));
const kRoot = path.dirname(kWeb);

// The engine's builds: a folder each, named after the variant.
async function variantFiles(wasmDir) {
  const names = await fs.readdir(wasmDir).catch(() => []);
  const files = [];
  for (const name of names) {
    for (const ending of ['mjs', 'wasm']) {
      files.push(path.join(wasmDir, name, `sotto-${name}.${ending}`));
    }
  }
  if (files.length === 0) throw new Error(`${wasmDir}: expected a folder per variant; got none`);
  for (const file of files) await fs.access(file);
  return files;
}

// Vite, and others like it, put files below 4 KB into the page as data: URLs, which a strict Content
// Security Policy does not let run. This text is there to be read, and keeps worklet.js above that.
const kInlined_bytes = 4096;
const kWorkletBanner = `/*
 * The part of sotto that runs in the audio thread. It is a file of its own because the browser loads
 * it by its address (AudioWorklet.addModule), as it does worker.js: serve both beside index.js. The
 * audio goes from here to the worker, and not by the page; the page hears how loud it is.
 */`;

// Each entry by itself, so that dist/ holds three files and no shared pieces that a page would have
// to load, or a person to host, besides them. `new URL` and `import()` of files beside them stay
// as they are written: that is how bundlers of those who use the package find the files.
async function bundle(entry, dist) {
  const file = path.join(dist, entry.replace(/ts$/, 'js'));
  const { output } = await build({
    input: path.join(kWeb, entry),
    platform: 'neutral',
    // Left as they are: they exist only beside the built worker.
    external: [/\/sotto-[\w-]+\.mjs$/],
    output: { file, format: 'esm', banner: entry === 'worklet.ts' ? kWorkletBanner : '' },
    resolve: { mainFields: ['module', 'main'] },
    onLog(level, log, fallback) {
      if (level === 'warn') throw new Error(`${entry}: ${log.message}`);
      fallback(level, log);
    },
  });
  if ((await fs.stat(file)).size <= kInlined_bytes) {
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
  const files = await variantFiles(wasmDir);
  await fs.rm(dist, { recursive: true, force: true });
  await fs.mkdir(dist, { recursive: true });
  writeTypes(dist);
  const moduleIds = [];
  for (const entry of ['index.ts', 'worker.ts', 'worklet.ts'])
    moduleIds.push(...(await bundle(entry, dist)));
  await writeLicences(moduleIds, dist);
  for (const file of files) await fs.copyFile(file, path.join(dist, path.basename(file)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wasmDir = path.join(kRoot, 'build/wasm');
  await buildPackage({ wasmDir, dist: path.join(kRoot, 'dist') });
}

// The tarball: what is in it, how large that is, and what the checkers of packages say.
import fs from 'node:fs/promises';
import path from 'node:path';
import { publint } from 'publint';
import { kRoot } from '../lib/assets.mjs';
import { expect, run, test } from './project.js';

// All that is not a type: docs/embedding.md tells what takes how much.
const kMaxUnpacked_bytes = 1_500_000;

// Browsers without SIMD have nothing to unpack with.
const kEngines = [
  'sotto-relaxed-mt.wasm.gz',
  'sotto-relaxed.wasm.gz',
  'sotto-scalar.wasm',
  'sotto-simd128-mt.wasm.gz',
  'sotto-simd128.wasm.gz',
];

test('the tarball holds the package, and no more than it may', async ({ packed }) => {
  const files = packed.files.filter(({ path }) => !path.endsWith('.d.ts'));
  expect(files.map(({ path }) => path).sort()).toEqual(
    [
      'LICENSE',
      'README.md',
      'dist/LICENSES.txt',
      'dist/index.js',
      'dist/isolation.js',
      'dist/worker.js',
      'dist/worklet.js',
      ...kEngines.map((name) => `dist/${name}`),
      'package.json',
    ].sort(),
  );
  const size_bytes = files.reduce((sum, { size }) => sum + size, 0);
  expect(size_bytes).toBeLessThanOrEqual(kMaxUnpacked_bytes);
});

test('nothing runs when it is installed, and nothing else is installed with it', async ({
  packed,
}) => {
  const text = await fs.readFile(path.join(packed.dir, 'package.json'), 'utf8');
  const { scripts = {}, dependencies = {}, peerDependencies = {} } = JSON.parse(text);
  const atInstall = ['preinstall', 'install', 'postinstall', 'prepublish', 'prepare'];
  expect(Object.keys(scripts).filter((name) => atInstall.includes(name))).toEqual([]);
  expect({ ...dependencies, ...peerDependencies }).toEqual({});
});

test('publint has nothing to say', async ({ packed }) => {
  const { messages } = await publint({ pkgDir: packed.dir, strict: true });
  expect(messages).toEqual([]);
});

test('types are found the way the code is, by every kind of resolution', async ({ packed }) => {
  const attw = path.join(kRoot, 'node_modules/.bin/attw');
  // The package is ESM alone; CommonJS imports it by import().
  const args = [packed.file, '--ignore-rules', 'cjs-resolves-to-esm', '--no-color'];
  expect(await run(attw, args, kRoot)).toContain('No problems found');
});

test('what is not used is not bundled', async ({ projects }) => {
  const dir = await projects.make('esbuild');
  const sizeOf = async (code: string) => {
    await fs.writeFile(path.join(dir, 'only.js'), code);
    const args = ['only.js', '--bundle', '--format=esm', '--minify'];
    return (await run(path.join(dir, 'node_modules/.bin/esbuild'), args, dir)).length;
  };
  expect(await sizeOf("import 'sotto';")).toBeLessThan(100);
  const whole_bytes = await sizeOf("import * as all from 'sotto'; console.log(all);");
  const part_bytes = await sizeOf("import { formatTime } from 'sotto'; console.log(formatTime);");
  expect(part_bytes).toBeLessThan(whole_bytes / 4);
});

// Configuring and building with CMake: the native tree and one tree per WebAssembly variant, by
// the presets of CMakePresets.json.
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { findToolchain } from '../toolchain.mjs';
import { run, which } from './exec.mjs';
import { SetupError, step } from './log.mjs';
import { inRoot, kRoot, shown } from './paths.mjs';
import { hashInputs, hashValue, isStamped, setStamp } from './stamp.mjs';

// What a CMake build reads. A change anywhere here makes the build run; CMake then decides what has
// to be compiled.
const kSources = [
  'CMakeLists.txt',
  'CMakePresets.json',
  'cmake',
  'emscripten',
  'src',
  'tests/bench/ops',
  '.cache/stamps/dep_sndfile.json',
  '.cache/stamps/dep_kissfft.json',
];
const kTestSources = ['tests/unit', 'tests/diff', 'tests/golden', 'tests/fuzz'];

/** Names of the WebAssembly variants, read from the table in emscripten/variants.cmake. */
export async function listVariants() {
  const table = await fs.readFile(inRoot('emscripten/variants.cmake'), 'utf8');
  const names = [...table.matchAll(/^sotto_variant\(\s*([\w-]+)/gm)].map(([, name]) => name);
  if (names.length === 0) throw new SetupError('emscripten/variants.cmake names no variant');
  return names;
}

// A tree configured by another generator, compiler or clone cannot be used again.
async function dropForeignTree(dir, generator) {
  const cache = await fs.readFile(path.join(dir, 'CMakeCache.txt'), 'utf8').catch(() => null);
  if (cache === null) return;
  const entry = (name) => cache.match(new RegExp(`^${name}:\\w+=(.*)$`, 'm'))?.[1];
  const isOurs = entry('CMAKE_HOME_DIRECTORY') === kRoot && entry('CMAKE_GENERATOR') === generator;
  if (!isOurs) await fs.rm(dir, { recursive: true, force: true });
}

/**
 * Builds one tree, unless nothing changed since it was built last.
 * @param {{name: string, preset: string, dir: string, env?: object, key?: unknown}} tree `key` is
 *   whatever else makes the tree stale
 * @param {{targets: string[], tests?: boolean, witness: string}} what no targets for all; `tests` where
 *   tests are among them; `witness` is a file that the build makes
 * @returns {Promise<boolean>} whether there was anything to do
 */
async function buildTree(
  { name, preset, dir, env = {}, key = '' },
  { targets, tests = false, witness },
) {
  const generator = which('ninja') ? 'Ninja' : 'Unix Makefiles';
  const sources = tests ? [...kSources, ...kTestSources] : kSources;
  const inputs = await hashInputs(sources.map((source) => inRoot(source)));
  const hash = hashValue([inputs, preset, generator, key, targets]);
  const stamp = tests ? `build_${name}_tests` : `build_${name}`;
  if (await isStamped(stamp, hash)) return false;
  step('build', `${name}${tests ? ', tests included,' : ''} into ${shown(dir)}`);
  await dropForeignTree(dir, generator);
  await run('cmake', ['--preset', preset, '-G', generator], { env, what: `configuring ${name}` });
  const args = ['--build', dir, '--parallel', String(os.availableParallelism())];
  if (targets.length > 0) args.push('--target', ...targets);
  await run('cmake', args, { env, what: `building ${name}` });
  await setStamp(stamp, hash, [path.join(dir, witness)]);
  return true;
}

const kNative = { name: 'native', preset: 'native', dir: inRoot('build/native') };
const kSanitized = { name: 'native-asan', preset: 'native-asan', dir: inRoot('build/native-asan') };

/** The fuzzers of tests/fuzz, by what they feed. */
export const kFuzzers = [
  'ggml',
  'ct2',
  'sotto',
  'safetensors',
  'wav',
  'tokenizer',
  'config',
  'kernels',
];

async function variantTree(variant) {
  const toolchain = await findToolchain();
  if (!toolchain) throw new SetupError('no em++', 'run: node scripts/setup.mjs toolchain');
  const { cmake, version } = toolchain;
  const env = { ...toolchain.env, SOTTO_VARIANT: variant, SOTTO_EMSCRIPTEN_CMAKE: cmake };
  const dir = inRoot('build/wasm', variant);
  return { name: `wasm-${variant}`, preset: 'wasm', dir, env, key: [cmake, version] };
}

const kTests = { targets: [], tests: true, witness: 'sotto_tests' };
// The others are run without sanitizers only.
const kSanitizedTests = { ...kTests, targets: ['sotto_tests', 'sotto_kernels_scalar'] };
const kWasmTests = { ...kTests, witness: 'sotto_tests.cjs' };

/** Builds the native command, build/native/sotto. */
export const buildCommand = () => buildTree(kNative, { targets: ['sotto'], witness: 'sotto' });

/** Builds the native command and tests into build/native. */
export const buildNativeTests = () => buildTree(kNative, kTests);

function fuzzTree({ cc, cxx }) {
  const env = { SOTTO_FUZZ_CC: cc, SOTTO_FUZZ_CXX: cxx };
  const dir = inRoot('build/native-fuzz');
  return { name: 'native-fuzz', preset: 'native-fuzz', dir, env, key: [cc, cxx] };
}

/**
 * The same under AddressSanitizer and UndefinedBehaviorSanitizer: beside the fuzzers, whose core is
 * built that way, or where there is no compiler for those by this machine's, into build/native-asan.
 * @param {{cc: string, cxx: string} | undefined} compiler of fuzzer.mjs
 * @returns {Promise<string>} the folder
 */
export async function buildSanitizedTests(compiler) {
  const tree = compiler ? fuzzTree(compiler) : kSanitized;
  await buildTree(tree, kSanitizedTests);
  return tree.dir;
}

/**
 * The fuzzers and what writes their seeds, into build/native-fuzz.
 * @param {{cc: string, cxx: string}} compiler of fuzzer.mjs
 */
export async function buildFuzzers(compiler) {
  const targets = ['sotto_fuzz_seeds', ...kFuzzers.map((name) => `fuzz_${name}`)];
  return buildTree(fuzzTree(compiler), { targets, tests: true, witness: 'fuzz_kernels' });
}

/** The variants whose kernels are benchmarked: those on one thread. */
export const withoutThreads = (variants) => variants.filter((name) => !name.endsWith('-mt'));

/** Builds one WebAssembly variant, and its kernels for benchmarks, into build/wasm/<variant>. */
export async function buildVariant(variant) {
  const module = `sotto-${variant}`;
  const targets = [module, ...withoutThreads([variant]).map((name) => `sotto-bench-${name}`)];
  return buildTree(await variantTree(variant), { targets, witness: `${module}.wasm` });
}

/** Builds one variant and its tests into build/wasm/<variant>. */
export const buildVariantTests = async (variant) =>
  buildTree(await variantTree(variant), kWasmTests);

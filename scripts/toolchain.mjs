// The WebAssembly compiler: the em++ of PATH where it is new enough; otherwise Debian's packages
// unpacked below .cache/toolchain; without a Debian archive, emsdk. Nothing is installed and no
// root is needed.
import { existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { kRuntimeDebs, kSuite, kToolchainDebs } from './debs.mjs';
import { findEmsdk, setUpEmsdk } from './emsdk.mjs';
import { canUseDebian, fetchDebs } from './lib/apt.mjs';
import { unpackDeb } from './lib/archive.mjs';
import { ask, run, which } from './lib/exec.mjs';
import { SetupError, step } from './lib/log.mjs';
import { inCache, shown } from './lib/paths.mjs';
import { hashValue, isStamped, setStamp } from './lib/stamp.mjs';

// Older releases lack the final opcodes of relaxed SIMD.
const kMinVersion = [3, 1, 60];
const kUnpackedVersion = '3.1.69';
// A change of the layout below makes an unpacked toolchain stale.
const kLayout = 4;

const kDir = inCache('toolchain');
const kUnpacked = inCache('toolchain/root');
const kEmscripten = inCache('toolchain/root/usr/share/emscripten');
const kClangResources = inCache('toolchain/root/usr/lib/llvm-19/lib/clang/19');
const kLibraries = inCache('toolchain/root/usr/lib/x86_64-linux-gnu');

// 1.1 GB of the package: tests, documents and builds of the system libraries that no variant
// links (position-independent ones).
const kLeftOut = [
  './usr/share/emscripten/cache/sysroot/lib/wasm32-emscripten/pic',
  './usr/share/emscripten/cache/sysroot/lib/wasm32-emscripten/lto-pic',
  './usr/share/emscripten/test',
  './usr/share/doc',
  './usr/share/man',
];

const kEmscriptenTools = [
  'em++',
  'emcc',
  'emar',
  'emranlib',
  'emcmake',
  'emmake',
  'emconfigure',
  'emnm',
  'emstrip',
  'em-config',
  'emsize',
  'emsymbolizer',
];

/** '3.1.69 (...)' -> whether it is new enough. */
export function isRecentEnough(text) {
  const version = text
    ?.match(/(\d+)\.(\d+)\.(\d+)/)
    ?.slice(1)
    .map(Number);
  if (!version) return false;
  for (const [i, least] of kMinVersion.entries()) {
    if (version[i] !== least) return version[i] > least;
  }
  return true;
}

// The em++ of PATH, where it is new enough and its CMake module is found.
function fromPath() {
  const empp = which('em++');
  const version =
    empp &&
    ask(empp, ['--version'])
      ?.split('\n')[0]
      .match(/\d+\.\d+\.\d+/)?.[0];
  if (!version || !isRecentEnough(version)) return null;
  // emsdk keeps the module beside the compiler; packages link the compiler into /usr/bin.
  const roots = [ask('realpath', [empp]) ?? empp, empp].map((file) => path.dirname(file));
  for (const root of [...roots, '/usr/share/emscripten']) {
    const cmake = path.join(root, 'cmake/Modules/Platform/Emscripten.cmake');
    if (existsSync(cmake)) return { bin: path.dirname(empp), cmake, env: {}, version };
  }
  return null;
}

/**
 * The compiler to build with.
 * @returns {Promise<{bin: string, cmake: string, env: object, version: string} | null>} folder of
 *   em++, CMake's toolchain file, variables to build with; null where there is none yet
 */
export async function findToolchain() {
  const found = fromPath();
  if (found) return found;
  if (!(await isStamped('toolchain', stampHash()))) return findEmsdk();
  return {
    bin: path.join(kDir, 'bin'),
    cmake: path.join(kEmscripten, 'cmake/Modules/Platform/Emscripten.cmake'),
    env: { EM_CONFIG: path.join(kEmscripten, '.emscripten') },
    version: kUnpackedVersion,
  };
}

// The wrappers and Emscripten's configuration hold absolute paths of the clone and of node.
const stampHash = () =>
  hashValue([kLayout, kDir, process.execPath, kToolchainDebs, kRuntimeDebs, kLeftOut]);

async function writeScript(file, lines) {
  await fs.mkdir(path.dirname(file), { recursive: true });
  await fs.writeFile(file, ['#!/bin/sh', ...lines, ''].join('\n'), { mode: 0o755 });
}

// Programs of another release than the machine's run on that release's C library, by its own
// loader. --argv0 keeps the name, by which LLVM's programs know what they are asked to be.
function throughLoader(program, extra = '') {
  const loader = path.join(kLibraries, 'ld-linux-x86-64.so.2');
  return [
    '# Runs a program of another release with the C library it was linked against.',
    `exec '${loader}' --library-path '${kLibraries}' --argv0 '${program}' '${program}' ${extra}"$@"`,
  ];
}

async function wrapLlvm() {
  const from = path.join(kUnpacked, 'usr/lib/llvm-19/bin');
  for (const name of await fs.readdir(from)) {
    // Seen from the loader, clang would look for its own headers in the wrong place.
    const extra = /^clang(\+\+|-cpp|-19)?$/.test(name) ? `-resource-dir '${kClangResources}' ` : '';
    const lines = throughLoader(path.join(from, name), extra);
    await writeScript(path.join(kDir, 'llvm/bin', name), lines);
  }
}

async function wrapBinaryen() {
  const from = path.join(kUnpacked, 'usr/bin');
  for (const name of await fs.readdir(from)) {
    if (!name.startsWith('wasm') || name.startsWith('wasm-ld')) continue;
    await writeScript(path.join(kDir, 'binaryen/bin', name), throughLoader(path.join(from, name)));
  }
}

async function configureEmscripten() {
  await fs.rm(path.join(kEmscripten, 'node_modules'), { recursive: true, force: true });
  await fs.mkdir(path.join(kEmscripten, 'node_modules'), { recursive: true });
  await fs.symlink('../../nodejs/acorn', path.join(kEmscripten, 'node_modules/acorn'));
  // Emscripten's own scripts are CommonJS where they do not say otherwise; without this, node
  // would ask the project's package.json.
  await fs.writeFile(path.join(kEmscripten, 'package.json'), '{ "type": "commonjs" }\n');
  // Lies beside emcc.py, where Emscripten finds it without EM_CONFIG too.
  const config = path.join(kEmscripten, '.emscripten');
  await fs.rm(config, { force: true });
  await fs.writeFile(
    config,
    [
      `LLVM_ROOT = '${kDir}/llvm/bin'`,
      `BINARYEN_ROOT = '${kDir}/binaryen'`,
      `NODE_JS = '${process.execPath}'`,
      '# The package brings the system libraries built.',
      'FROZEN_CACHE = True',
      '',
    ].join('\n'),
  );
  for (const tool of kEmscriptenTools) {
    await writeScript(path.join(kDir, 'bin', tool), [
      `EM_CONFIG='${config}' exec python3 -E '${path.join(kEmscripten, tool)}.py' "$@"`,
    ]);
  }
  const format = path.join(kDir, 'llvm/bin/clang-format');
  await writeScript(path.join(kDir, 'bin/clang-format'), [`exec '${format}' "$@"`]);
}

// Unpacked programs that do not start, or a sysroot with holes, are found here and not in the
// middle of a build.
async function proveToolchain() {
  const dir = path.join(kDir, 'probe');
  await fs.mkdir(dir, { recursive: true });
  const source = path.join(dir, 'probe.cc');
  await fs.writeFile(source, '#include <cstdio>\nint main() { std::puts("compiled"); }\n');
  const output = path.join(dir, 'probe.cjs');
  const what = 'proving the unpacked compiler';
  const todo = `remove ${shown(kDir)} and run the command again`;
  await run(path.join(kDir, 'bin/em++'), ['-O2', '-msimd128', source, '-o', output], {
    what,
    todo,
  });
  const { stdout } = await run(process.execPath, [output], { what, todo });
  if (stdout.trim() !== 'compiled') throw new SetupError(`${what}: got '${stdout.trim()}'`, todo);
}

async function unpackDebs() {
  const debs = [...kToolchainDebs, ...kRuntimeDebs];
  const hash = hashValue([debs, kLeftOut]);
  const witness = path.join(kEmscripten, 'emcc.py');
  if (await isStamped('toolchain_root', hash)) return;
  const files = await fetchDebs(kSuite, debs);
  await fs.rm(kUnpacked, { recursive: true, force: true });
  for (const [name, file] of files) {
    step('toolchain', `unpacking ${name} into ${shown(kUnpacked)}`);
    await unpackDeb(file, kUnpacked, kLeftOut);
  }
  await setStamp('toolchain_root', hash, [witness]);
}

/**
 * LLVM's programs, unpacked, whatever compiler WebAssembly is built with.
 * @returns {Promise<{bin: string, resources: string}>} folder of the programs; of clang's own headers
 */
export async function setUpLlvm() {
  const bin = path.join(kDir, 'llvm/bin');
  // Written with the toolchain, or where another one serves, for whoever asked.
  if (!(await isStamped('toolchain', stampHash())) && !(await isStamped('llvm', stampHash()))) {
    await unpackDebs();
    await wrapLlvm();
    await setStamp('llvm', stampHash(), [path.join(bin, 'clang++')]);
  }
  return { bin, resources: kClangResources };
}

/** Makes sure there is a compiler; see findToolchain for how to use it. */
export async function setUpToolchain() {
  if (await findToolchain()) return;
  if (!(await canUseDebian())) return setUpEmsdk();
  if (!which('python3')) throw new SetupError('python3 is missing', 'install the package python3');
  await unpackDebs();
  await wrapLlvm();
  await wrapBinaryen();
  await configureEmscripten();
  await proveToolchain();
  const witnesses = [path.join(kDir, 'bin/em++'), path.join(kEmscripten, 'emcc.py')];
  await setStamp('toolchain', stampHash(), witnesses);
  step('toolchain', `em++ is ready at ${shown(path.join(kDir, 'bin/em++'))}`);
}

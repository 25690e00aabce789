// The compiler of the fuzzers (tests/fuzz): a clang that comes with libFuzzer and the sanitizers. The
// one of PATH where it does; otherwise the clang of the unpacked toolchain, beside the runtime of
// an older Debian release, whose C library every machine's is at least as new as.
import { existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { kFuzzerDebs, kFuzzerSuite } from './debs.mjs';
import { canUseDebian, fetchDebs } from './lib/apt.mjs';
import { unpackDeb } from './lib/archive.mjs';
import { ask, run, which } from './lib/exec.mjs';
import { SetupError, step } from './lib/log.mjs';
import { inCache, shown } from './lib/paths.mjs';
import { hashValue, isStamped, setStamp } from './lib/stamp.mjs';
import { setUpLlvm } from './toolchain.mjs';

const kDir = inCache('fuzzer');
const kSanitizers = '-fsanitize=fuzzer,address,undefined';
const kProbe = `#include <cstddef>
#include <cstdint>
extern "C" int LLVMFuzzerTestOneInput(const uint8_t*, size_t) { return 0; }
`;

/** @typedef {{cc: string, cxx: string, symbolizer: string}} FuzzCompiler */

/** @returns {FuzzCompiler | null} the compiler of PATH, where it links libFuzzer */
function fromPath() {
  const cxx = which('clang++');
  const cc = which('clang');
  if (!cxx || !cc) return null;
  const args = ['-x', 'c++', '-', kSanitizers, '-o', '/dev/null'];
  const options = { input: kProbe, stdio: ['pipe', 'pipe', 'ignore'] };
  if (ask(cxx, args, options) === null) return null;
  return { cc, cxx, symbolizer: which('llvm-symbolizer') ?? '' };
}

const stampHash = () => hashValue([kDir, kFuzzerSuite, kFuzzerDebs]);

// A folder such as clang expects beside itself: its own headers, and the runtime's libraries.
async function makeResources(llvm) {
  const unpacked = path.join(kDir, 'root');
  await fs.rm(kDir, { recursive: true, force: true });
  for (const [name, file] of await fetchDebs(kFuzzerSuite, kFuzzerDebs)) {
    step('fuzzer', `unpacking ${name} into ${shown(unpacked)}`);
    await unpackDeb(file, unpacked);
  }
  const resources = path.join(kDir, 'resources');
  await fs.mkdir(resources, { recursive: true });
  await fs.symlink(path.join(llvm.resources, 'include'), path.join(resources, 'include'));
  const libraries = path.join(unpacked, 'usr/lib/llvm-19/lib/clang/19/lib');
  await fs.symlink(libraries, path.join(resources, 'lib'));
  for (const name of ['clang', 'clang++']) {
    const program = path.join(llvm.bin, name);
    const lines = ['#!/bin/sh', `exec '${program}' -resource-dir '${resources}' "$@"`, ''];
    await fs.writeFile(path.join(kDir, name), lines.join('\n'), { mode: 0o755 });
  }
}

// Compiles, links and runs a fuzzer, each for itself: run through a loader, clang cannot start
// itself again, as it would for both at once.
async function prove({ cxx }) {
  const file = (name) => path.join(kDir, name);
  const options = { what: "proving the fuzzers' compiler", todo: `remove ${shown(kDir)}` };
  await fs.writeFile(file('probe.cc'), kProbe);
  await run(cxx, [kSanitizers, '-c', file('probe.cc'), '-o', file('probe.o')], options);
  await run(cxx, [kSanitizers, file('probe.o'), '-o', file('probe')], options);
  await run(file('probe'), ['-runs=10'], options);
}

/** @returns {Promise<FuzzCompiler | undefined>} where there is none to be had, none */
export function findFuzzer() {
  return setUpFuzzer().catch((error) => {
    if (!(error instanceof SetupError)) throw error;
    return undefined;
  });
}

/**
 * Makes sure that there is a compiler for fuzzers.
 * @returns {Promise<FuzzCompiler>}
 */
export async function setUpFuzzer() {
  const found = fromPath();
  if (found) return found;
  if (!(await canUseDebian())) {
    throw new SetupError(
      'no clang with libFuzzer',
      'install the packages clang and libclang-rt-dev',
    );
  }
  const llvm = await setUpLlvm();
  const compiler = {
    cc: path.join(kDir, 'clang'),
    cxx: path.join(kDir, 'clang++'),
    symbolizer: path.join(llvm.bin, 'llvm-symbolizer'),
  };
  if ((await isStamped('fuzzer', stampHash())) && existsSync(compiler.cxx)) return compiler;
  await makeResources(llvm);
  await prove(compiler);
  await setStamp('fuzzer', stampHash(), [compiler.cc, compiler.cxx]);
  return compiler;
}

// Emscripten by its own installer, where neither PATH nor a Debian archive has a compiler.
import { existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { ask, run, which } from './lib/exec.mjs';
import { SetupError, step } from './lib/log.mjs';
import { inCache, shown } from './lib/paths.mjs';

const kVersion = '3.1.69';
const kRepository = 'https://github.com/emscripten-core/emsdk.git';
// The commit of that version's tag. It names, by hash, the build that emsdk then downloads.
const kCommit = 'a36df02dc438e8b02f91122a4c62eeecb6784272';
const kDir = inCache('emsdk');
const kCompiler = path.join(kDir, 'upstream/emscripten');

const kTodo =
  'check the network, or install emsdk (https://emscripten.org/docs/getting_started) and put its ' +
  'em++ on PATH';

/** The compiler of an emsdk that is installed below .cache, or null; see findToolchain. */
export function findEmsdk() {
  const cmake = path.join(kCompiler, 'cmake/Modules/Platform/Emscripten.cmake');
  if (!existsSync(path.join(kCompiler, 'em++')) || !existsSync(cmake)) return null;
  if (ask('git', ['-C', kDir, 'rev-parse', 'HEAD']) !== kCommit) return null;
  const env = { EM_CONFIG: path.join(kDir, '.emscripten') };
  return { bin: kCompiler, cmake, env, version: kVersion };
}

/** Installs emsdk below .cache. */
export async function setUpEmsdk() {
  for (const tool of ['git', 'python3']) {
    if (!which(tool)) throw new SetupError(`${tool} is missing`, `install the package ${tool}`);
  }
  step('toolchain', `installing Emscripten ${kVersion} by emsdk into ${shown(kDir)}`);
  await fs.rm(kDir, { recursive: true, force: true });
  const clone = ['clone', '--quiet', '--depth', '1', '--branch', kVersion, kRepository, kDir];
  const env = { GIT_TERMINAL_PROMPT: '0' };
  await run('git', clone, { env, what: 'fetching emsdk', todo: kTodo });
  const commit = ask('git', ['-C', kDir, 'rev-parse', 'HEAD']);
  if (commit !== kCommit) {
    throw new SetupError(`emsdk ${kVersion}: expected commit ${kCommit}, got ${commit}`, kTodo);
  }
  const emsdk = path.join(kDir, 'emsdk');
  const show = Boolean(process.stderr.isTTY);
  await run(emsdk, ['install', kVersion], { cwd: kDir, what: 'emsdk install', todo: kTodo, show });
  await run(emsdk, ['activate', kVersion], { cwd: kDir, what: 'emsdk activate', todo: kTodo });
  if (!findEmsdk()) throw new SetupError(`emsdk left no compiler in ${shown(kCompiler)}`, kTodo);
}

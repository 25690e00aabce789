// A Python environment of the project's own, for the tests that compare with Python's packages.
import fs from 'node:fs/promises';
import path from 'node:path';
import { setUpAsset } from './assets.mjs';
import { pipCommand } from './lib/download.mjs';
import { ask, run } from './lib/exec.mjs';
import { SetupError, step } from './lib/log.mjs';
import { inCache, inRoot } from './lib/paths.mjs';
import { hashInputs, hashValue, isStamped, setStamp } from './lib/stamp.mjs';
import { requireTools } from './lib/tools.mjs';

const kPipHint = 'as root: apt-get install python3 python3-pip';

/**
 * Makes an environment with the packages of a requirements file, each pinned by its hash.
 * @param {string} name folder below .cache
 * @param {string} requirements its path from the project's folder
 * @returns {Promise<string>} its Python
 */
export async function setUpPython(name = 'venv', requirements = 'scripts/requirements.txt') {
  requireTools('python3');
  const dir = inCache(name);
  const python = path.join(dir, 'bin/python3');
  const list = inRoot(requirements);
  const version = ask('python3', ['-c', 'import sys; print(sys.version, sys.executable)']);
  const hash = hashValue([await hashInputs([list]), version]);
  if (await isStamped(name, hash)) return python;
  const pip = pipCommand();
  if (!pip) throw new SetupError('pip is missing', kPipHint);
  step('python', `installing ${requirements} into .cache/${name}`);
  await fs.rm(dir, { recursive: true, force: true });
  // Debian splits ensurepip off into a package of its own; the machine's pip does as well, and
  // installing into a given folder is allowed where the system's Python is managed by packages.
  await run('python3', ['-m', 'venv', '--without-pip', dir], { todo: kPipHint });
  const purelib = 'import sysconfig; print(sysconfig.get_path("purelib"))';
  const target = ask(python, ['-c', purelib]) ?? path.join(dir, 'lib');
  const args = ['install', '--quiet', '--disable-pip-version-check', '--no-warn-script-location'];
  args.push('--require-hashes', '--no-deps', '--target', target, '-r', list);
  await run(pip[0], [...pip.slice(1), ...args], {
    what: `pip install -r ${requirements}`,
    todo: 'check the network and the package index that pip is configured for',
    env: { PIP_USER: '0' },
  });
  await setStamp(name, hash, [path.join(dir, 'pyvenv.cfg')]);
  return python;
}

/** What scripts/eval/*.py needs besides the native command. Returns its Python. */
export async function setUpEvaluation() {
  await setUpAsset('normalizers');
  return setUpPython();
}

/** Ray, for examples/ray. Returns its Python. */
export const setUpRay = () => setUpPython('venv-ray', 'examples/ray/requirements.txt');

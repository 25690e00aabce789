// The second browser of the tests: the system's Firefox, or Debian's, unpacked into the project.
import fs from 'node:fs/promises';
import path from 'node:path';
import { kFirefoxDebs, kFirefoxSuite } from './debs.mjs';
import { canUseDebian, fetchDebs } from './lib/apt.mjs';
import { unpackDeb } from './lib/archive.mjs';
import { run, which } from './lib/exec.mjs';
import { SetupError, step } from './lib/log.mjs';
import { inCache } from './lib/paths.mjs';
import { hashValue, isStamped, setStamp } from './lib/stamp.mjs';

const kTodo = 'install Firefox, or name one in SOTTO_FIREFOX';

const kProgram = 'usr/lib/firefox-esr/firefox-esr';
const kLibraries = 'usr/lib/x86_64-linux-gnu';

const kStart = `#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd)
export LD_LIBRARY_PATH="$here/${kLibraries}"
exec "$here/${kProgram}" "$@"
`;

// Shared libraries of its own and of the packages above; everything else is the machine's.
async function missingLibraries(program, folders) {
  const libxul = path.join(path.dirname(program), 'libxul.so');
  const env = { LD_LIBRARY_PATH: [path.dirname(program), ...folders].join(':') };
  const { stdout } = await run('ldd', [libxul], { env, what: 'ldd libxul.so' });
  return [...stdout.matchAll(/^\s*(\S+) => not found$/gm)].map(([, name]) => name);
}

async function unpackFirefox(dir) {
  step('firefox', "unpacking Debian's firefox-esr into .cache/firefox; nothing is installed");
  const files = await fetchDebs(kFirefoxSuite, kFirefoxDebs);
  await fs.rm(dir, { recursive: true, force: true });
  for (const file of files.values()) await unpackDeb(file, dir);
  const program = path.join(dir, kProgram);
  const libraries = path.join(dir, kLibraries);
  const missing = await missingLibraries(program, [libraries]);
  if (missing.length > 0) {
    throw new SetupError(
      `firefox-esr: expected ${missing.join(', ')}; got none of that name`,
      kTodo,
    );
  }
  await fs.writeFile(path.join(dir, 'firefox'), kStart, { mode: 0o755 });
}

/** Path of a Firefox to test in; SetupError where none is to be had. */
export async function setUpFirefox() {
  const found = process.env.SOTTO_FIREFOX ?? which('firefox-esr') ?? which('firefox');
  if (found) return found;
  if (!(await canUseDebian())) throw new SetupError('no Firefox for the browser tests', kTodo);
  const dir = inCache('firefox');
  const start = path.join(dir, 'firefox');
  const hash = hashValue([kStart, kFirefoxDebs]);
  if (await isStamped('firefox', hash)) return start;
  await unpackFirefox(dir);
  await setStamp('firefox', hash, [start]);
  return start;
}

// The npm packages of the lockfile.
import fs from 'node:fs/promises';
import { run } from './lib/exec.mjs';
import { step } from './lib/log.mjs';
import { inRoot } from './lib/paths.mjs';
import { hashInputs, isStamped, setStamp } from './lib/stamp.mjs';

// npm writes it when an installation is complete.
const kInstalled = inRoot('node_modules/.package-lock.json');

/** Installs what package-lock.json names, unless node_modules is of that very lockfile. */
export async function setUpNpm() {
  const hash = await hashInputs([inRoot('package-lock.json'), inRoot('package.json')]);
  if (await isStamped('npm', hash)) return;
  step('npm', 'installing the packages of package-lock.json');
  await run('npm', ['ci', '--no-audit', '--no-fund'], {
    what: 'npm ci',
    todo: 'check the network and the npm registry that npm is configured for',
  });
  await fs.access(kInstalled);
  await setStamp('npm', hash, [kInstalled]);
}

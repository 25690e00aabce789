// npm run docs: the API reference into build/docs, by TypeDoc, from the comments in web/. A public
// name without one is an error.
import fs from 'node:fs/promises';
import path from 'node:path';
import { run } from './lib/exec.mjs';
import { runMain, SetupError, step } from './lib/log.mjs';
import { inCache, inRoot, isMain, shown } from './lib/paths.mjs';
import { hashInputs, isStamped, setStamp } from './lib/stamp.mjs';
import { setUpNpm } from './npm.mjs';

/** Where the reference is built. */
export const kApiReference = inRoot('build/docs');

const kOptions = inRoot('docs/api/typedoc.json');
const kFolder = inCache('typedoc');
const kProgram = path.join(kFolder, 'node_modules/typedoc/bin/typedoc');

/** Installs TypeDoc, and the TypeScript that it needs, as docs/api/package-lock.json has them. */
export async function setUpTypeDoc() {
  await setUpNpm();
  const files = ['package.json', 'package-lock.json'];
  const sources = files.map((name) => inRoot('docs/api', name));
  const hash = await hashInputs(sources);
  if (await isStamped('typedoc', hash)) return;
  step('docs', 'installing TypeDoc into .cache/typedoc');
  await fs.mkdir(kFolder, { recursive: true });
  for (const file of sources) await fs.copyFile(file, path.join(kFolder, path.basename(file)));
  await run('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], {
    cwd: kFolder,
    what: 'npm ci of docs/api',
    todo: 'check the network and the npm registry that npm is configured for',
  });
  await setStamp('typedoc', hash, [kProgram]);
}

/**
 * What TypeDoc complains of.
 * @param {string} [out] the folder it writes to; nothing is written where none is given
 */
export async function apiComplaints(out) {
  const target = out ? ['--out', out] : ['--emit', 'none'];
  const args = [kProgram, '--options', kOptions, '--logLevel', 'Warn', ...target];
  const env = { NO_COLOR: '1' };
  const { code, stdout, stderr } = await run(process.execPath, args, { check: false, env });
  return code === 0 ? [] : (stdout + stderr).trimEnd().split('\n');
}

/** Builds the reference. */
export async function buildDocs() {
  await setUpTypeDoc();
  const complaints = await apiComplaints(kApiReference);
  if (complaints.length > 0) throw new SetupError(`the API reference:\n${complaints.join('\n')}`);
}

if (isMain(import.meta.url)) {
  await runMain(async () => {
    await buildDocs();
    step('docs', `${shown(kApiReference)}/index.html is ready`);
  });
}

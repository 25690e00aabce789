// npm run site: what npm start serves, and the API reference at /api/, as a folder of static files for
// any host, in build/site.
import fs from 'node:fs/promises';
import path from 'node:path';
import { buildAll } from './build.mjs';
import { buildDocs, kApiReference } from './docs.mjs';
import { runMain, step } from './lib/log.mjs';
import { inCache, inRoot, isMain, shown } from './lib/paths.mjs';
import { kMounts } from './lib/serve.mjs';
import { setUpModel } from './model.mjs';
import { setUpAll } from './setup.mjs';

// Of folders that hold more than the pages need: what they begin with, and nothing that is large.
const kFiles = {
  [inRoot('models')]: ['tiny.en-q8.sotto', 'silero_vad_16k.safetensors'],
  [inCache('assets')]: ['jfk.wav'],
};

/**
 * Copies what is served into a folder, which is emptied first.
 * @param {string} site
 * @param {[string, string][]} mounts
 */
export async function makeSite(site, mounts = kMounts) {
  await fs.rm(site, { recursive: true, force: true });
  for (const [prefix, dir] of mounts) {
    const target = path.join(site, prefix);
    await fs.mkdir(target, { recursive: true });
    for (const name of kFiles[dir] ?? (await fs.readdir(dir))) {
      await fs.cp(path.join(dir, name), path.join(target, name), { recursive: true });
    }
  }
}

if (isMain(import.meta.url)) {
  await runMain(async () => {
    await setUpAll();
    await buildAll();
    await setUpModel();
    const site = inRoot('build/site');
    await buildDocs();
    await makeSite(site, [...kMounts, ['/api/', kApiReference]]);
    step('site', `${shown(site)}/ is ready: serve it, or copy it to a host of static files`);
  });
}

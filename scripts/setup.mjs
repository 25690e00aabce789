// Sets up what a clone lacks: node scripts/setup.mjs [step...]; without one, everything that
// building and transcribing need. `assets:NAME` brings one asset, those on demand included.
import { kAssets, setUpAsset, setUpAssets } from './assets.mjs';
import { setUpChromium } from './chromium.mjs';
import { setUpDeps } from './deps.mjs';
import { runMain, SetupError, step } from './lib/log.mjs';
import { isMain } from './lib/paths.mjs';
import { requireTools } from './lib/tools.mjs';
import { setUpRelaxedNode } from './node.mjs';
import { setUpNpm } from './npm.mjs';
import { setUpPython } from './python.mjs';
import { setUpSilero } from './silero.mjs';
import { setUpToolchain } from './toolchain.mjs';

const kSteps = {
  npm: setUpNpm,
  toolchain: setUpToolchain,
  deps: setUpDeps,
  assets: setUpAssets,
  silero: setUpSilero,
  python: () => setUpPython(),
  chromium: setUpChromium,
  node: setUpRelaxedNode,
  all: setUpAll,
};
for (const name of Object.keys(kAssets)) kSteps[`assets:${name}`] = () => setUpAsset(name);

/** Everything that building and transcribing need; quick where it is all there. */
export async function setUpAll() {
  requireTools('g++', 'cmake', 'python3', 'tar');
  await setUpNpm();
  await setUpToolchain();
  await setUpDeps();
  await setUpAssets();
}

if (isMain(import.meta.url)) {
  await runMain(async () => {
    const names = process.argv.slice(2);
    for (const name of names.length > 0 ? names : ['all']) {
      const todo = `steps: ${Object.keys(kSteps).join(', ')}`;
      if (!kSteps[name]) throw new SetupError(`unknown step '${name}'`, todo);
      await kSteps[name]();
      step('setup', `${name} is ready`);
    }
  });
}

// The converted models, such as models/tiny.en-q8.sotto, made by the native command of what
// assets.mjs fetches. npm run model -- NAME makes one: tiny.en or base.
// With it come the weights of voice activity, which every transcription reads.
import fs from 'node:fs/promises';
import path from 'node:path';
import { setUpAsset } from './assets.mjs';
import { buildCommand } from './lib/cmake.mjs';
import { run } from './lib/exec.mjs';
import { runMain, SetupError, step } from './lib/log.mjs';
import { inCache, inRoot, isMain, shown } from './lib/paths.mjs';
import { hashFile, hashValue, isStamped, setStamp } from './lib/stamp.mjs';
import { setUpSilero } from './silero.mjs';

/** Names of models that can be made; web/models.ts has the same ones for the package. */
export const kModelNames = ['tiny.en', 'base'];

/** The file of a named model. */
export const modelFile = (name) => inRoot('models', `${name}-q8.sotto`);

/** Makes a model, building the native command first where it is missing or out of date. */
export async function setUpModel(name = 'tiny.en') {
  const model = modelFile(name);
  await setUpSilero();
  const command = inRoot('build/native/sotto');
  await setUpAsset(name);
  await buildCommand();
  const source = inCache('assets', name);
  const hash = hashValue([await hashFile(command), source]);
  const stamp = `model-${name}`;
  if (await isStamped(stamp, hash)) return model;
  step('model', `converting ${shown(source)} into ${shown(model)}`);
  await fs.mkdir(path.dirname(model), { recursive: true });
  // A conversion that is cut off must not leave a half model under the right name.
  const temporary = `${model}.part`;
  await run(command, ['convert', source, temporary], { what: 'converting the model' });
  await fs.rename(temporary, model);
  await setStamp(stamp, hash, [model]);
  return model;
}

if (isMain(import.meta.url)) {
  await runMain(async () => {
    const names = process.argv.slice(2);
    for (const name of names.length > 0 ? names : ['tiny.en']) {
      const known = `one of: ${kModelNames.join(', ')}`;
      if (!kModelNames.includes(name)) throw new SetupError(`unknown model '${name}'`, known);
      step('model', `${shown(await setUpModel(name))} is ready`);
    }
  });
}

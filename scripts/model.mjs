// The converted model: models/tiny.en-q8.sotto, made by the native command.
import fs from 'node:fs/promises';
import { setUpAsset } from './assets.mjs';
import { buildCommand } from './lib/cmake.mjs';
import { run } from './lib/exec.mjs';
import { step } from './lib/log.mjs';
import { inCache, inRoot, shown } from './lib/paths.mjs';
import { hashFile, hashValue, isStamped, setStamp } from './lib/stamp.mjs';

export const kModel = inRoot('models/tiny.en-q8.sotto');

/** Makes the model, building the native command first where it is missing or out of date. */
export async function setUpModel() {
  const command = inRoot('build/native/sotto');
  await setUpAsset('tiny.en');
  await buildCommand();
  const source = inCache('assets/tiny.en');
  const hash = hashValue([await hashFile(command), source]);
  if (await isStamped('model', hash)) return kModel;
  step('model', `converting ${shown(source)} into ${shown(kModel)}`);
  await fs.mkdir(inRoot('models'), { recursive: true });
  // A conversion that is cut off must not leave a half model under the right name.
  const temporary = `${kModel}.part`;
  await run(command, ['convert', source, temporary], { what: 'converting the model' });
  await fs.rename(temporary, kModel);
  await setStamp('model', hash, [kModel]);
  return kModel;
}

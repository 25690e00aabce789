// The native command, from end to end.
import { setUpDeps } from '../../deps.mjs';
import { buildCommand } from '../cmake.mjs';
import { run } from '../exec.mjs';
import { SetupError } from '../log.mjs';
import { inRoot } from '../paths.mjs';
import { requireTools } from '../tools.mjs';

/**
 * @param {{audio: string, model: string}} job
 * @returns {Promise<{runs?: any[], skipped?: string, about?: string}>}
 */
export async function runNative({ audio, model }, isEnough) {
  try {
    requireTools('g++', 'cmake');
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return { skipped: `the command cannot be built: ${error.message}` };
  }
  await setUpDeps();
  await buildCommand();
  const runs = [];
  do {
    const args = ['transcribe', audio, '--model', model, '--json'];
    const { stdout } = await run(inRoot('build/native/sotto'), args);
    runs.push(JSON.parse(stdout));
  } while (!isEnough(runs));
  return { runs, about: '1 thread' };
}

// npm run bench:live [-- options]: how far live text is behind the speaker and how right it is, by a
// replay of recorded speech with a simulated clock. scripts/eval/ does the work; this sets up what
// it needs.
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { setUpAsset } from './assets.mjs';
import { buildAll } from './build.mjs';
import { setUpChromium } from './chromium.mjs';
import { setUpDeps } from './deps.mjs';
import { listVariants, withoutThreads } from './lib/cmake.mjs';
import { run } from './lib/exec.mjs';
import { runMain, SetupError } from './lib/log.mjs';
import { inCache, inRoot } from './lib/paths.mjs';
import { kModelNames, setUpModel } from './model.mjs';
import { setUpRelaxedNode } from './node.mjs';
import { setUpEvaluation } from './python.mjs';
import { setUpSilero } from './silero.mjs';

const kUsage = `usage: npm run bench:live -- [options]
  --manifest FILE   clips, a line of JSON each: file, text, and maybe lang, seconds, exclude_from_wer;
                    the sample of the set-up if not given
  --model M         tiny.en (the default), base, or a model's file
  --where W         node (the default), or chromium: the microphone of a page plays the recordings, as
                    long as they last, and its clock is the page's; without the policy window
  --variant V       a WebAssembly variant without threads; relaxed if not given
  --language L      of the clips that are taken; en if not given
  --policy P        both, agreement, alignatt or window (a plain sliding window of 5 s); all if not
                    given, may be given several times
  --options JSON    options of the live session, such as '{"stepMs":500}'
  --rounds N        all clips as one recording, N times: how what it costs goes on, without lags
  --pass-ms N       the time that each pass takes for the clock, in place of what the processor worked
                    for it, so that lags and words do not depend on the machine; with --where node
  --block-ms N      audio comes in blocks of as much, 50 if not given, so that passes end elsewhere; with
                    --where node
  --json            a list of objects on stdout, one for each policy
Clips are joined to recordings of a minute with pauses between. In Node the clock goes with the audio,
and a pass is seen when it began and as long later as the processor worked for it. One thread.
(npm run --silent keeps npm's own two lines away.)`;

function readArguments() {
  const text = /** @type {const} */ ({ type: 'string' });
  try {
    const { values } = parseArgs({
      options: {
        manifest: text,
        model: { type: 'string', default: 'tiny.en' },
        variant: { type: 'string', default: 'relaxed' },
        language: { type: 'string', default: 'en' },
        where: { type: 'string', default: 'node' },
        policy: { type: 'string', multiple: true },
        options: text,
        rounds: { type: 'string', default: '1' },
        'block-ms': text,
        'pass-ms': text,
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return values;
  } catch (error) {
    throw new SetupError(error.message, kUsage);
  }
}

// npm runs scripts in the package's folder; INIT_CWD is where the user is.
async function userFile(name) {
  const file = path.resolve(process.env.INIT_CWD ?? process.cwd(), name);
  await fs.access(file).catch(() => {
    throw new SetupError(`${name}: no such file`, kUsage);
  });
  return file;
}

const kSampleText =
  'And so, my fellow Americans, ask not what your country can do for you; ask what you can do for your country.';

/** A manifest of the sample alone, in a folder that is deleted afterwards. */
async function sampleManifest(dir) {
  await setUpAsset('jfk');
  const clip = { file: inCache('assets/jfk.wav'), text: kSampleText, lang: 'en', seconds: 11 };
  const file = path.join(dir, 'sample.jsonl');
  await fs.writeFile(file, `${JSON.stringify(clip)}\n`);
  return file;
}

async function bench(options, dir) {
  const { language, model, rounds, variant, where } = options;
  const manifest = options.manifest && (await userFile(options.manifest));
  if (!withoutThreads(await listVariants()).includes(variant)) {
    throw new SetupError(`expected a variant without threads; got '${variant}'`, kUsage);
  }
  if (!['node', 'chromium'].includes(where)) {
    throw new SetupError(`--where: expected node or chromium; got '${where}'`, kUsage);
  }
  if (!/^[1-9]\d{0,2}$/.test(rounds) || (where === 'chromium' && rounds !== '1')) {
    throw new SetupError(`--rounds: expected 1 to 999, with --where node; got '${rounds}'`, kUsage);
  }
  for (const name of ['block-ms', 'pass-ms']) {
    const value = options[name];
    if (value !== undefined && !/^[1-9]\d{0,3}$/.test(value)) {
      throw new SetupError(`--${name}: expected 1 to 9999; got '${value}'`, kUsage);
    }
    if (value !== undefined && where === 'chromium') {
      throw new SetupError(`--${name}: expected with --where node only`, kUsage);
    }
  }
  if (where === 'chromium' && options.policy?.includes('window')) {
    throw new SetupError('--policy window: expected with --where node only', kUsage);
  }
  const modelFile = kModelNames.includes(model) ? await setUpModel(model) : await userFile(model);
  await setUpDeps();
  await buildAll();
  const python = await setUpEvaluation();
  const args = ['--manifest', manifest ?? (await sampleManifest(dir)), '--model', modelFile];
  args.push('--vad', await setUpSilero(), '--node', await setUpRelaxedNode());
  args.push('--variant', variant, '--language', language, '--rounds', rounds);
  for (const name of ['block-ms', 'pass-ms']) {
    if (options[name] !== undefined) args.push(`--${name}`, options[name]);
  }
  if (where === 'chromium') args.push('--chromium', await setUpChromium());
  for (const policy of options.policy ?? []) args.push('--policy', policy);
  if (options.options) args.push('--options', options.options);
  if (options.json) args.push('--json');
  const { stdout } = await run(python, [inRoot('scripts/eval/live.py'), ...args], {
    what: 'bench:live',
  });
  process.stdout.write(stdout);
}

await runMain(async () => {
  const options = readArguments();
  if (options.help) {
    process.stdout.write(`${kUsage}\n`);
    return;
  }
  const dir = await fs.mkdtemp(path.join(os.tmpdir(), 'sotto-live-'));
  try {
    await bench(options, dir);
  } finally {
    await fs.rm(dir, { recursive: true, force: true });
  }
});

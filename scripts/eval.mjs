// npm run eval -- --manifest FILE [options]: word and character error rate on recorded speech, a
// table for people or an object for programs. scripts/eval/ does the work; this sets up what it needs.
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildAll } from './build.mjs';
import { setUpDeps } from './deps.mjs';
import { buildCommand, listVariants } from './lib/cmake.mjs';
import { run } from './lib/exec.mjs';
import { runMain, SetupError } from './lib/log.mjs';
import { inCache, inRoot } from './lib/paths.mjs';
import { kModelNames, setUpModel } from './model.mjs';
import { setUpEvaluation } from './python.mjs';

const kUsage = `usage: npm run eval -- --manifest FILE [options]
  --manifest FILE    clips, a line of JSON each: file, text, and maybe lang, ref_hyp, exclude_from_wer
  --model M          tiny.en (the default), base, or a model's file or folder
  --beam N           texts followed at temperature 0; 1, greedy search, if not given
  --precision P      how weights are held: q8 (the default) or f32
  --window W         what of a 30 s window is encoded: auto (the default) or full
  --variant V        a WebAssembly variant in Node, in place of the native command
  --threads N        threads of the native command; as many as there are processors if not given
  --reference FILE   the reference's texts (lines of file and text), in place of the known ones
  --json             one object on stdout: clips, wer, cer, reference_wer and so on, parts of 1
Windows are decoded each by itself at temperature 0 and without voice activity, as the reference's.
(npm run --silent keeps npm's own two lines away.)`;

function readArguments() {
  const text = /** @type {const} */ ({ type: 'string' });
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        manifest: text,
        model: { type: 'string', default: 'tiny.en' },
        beam: text,
        precision: text,
        window: text,
        variant: text,
        threads: { type: 'string', default: String(os.availableParallelism()) },
        reference: text,
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }));
  } catch (error) {
    throw new SetupError(error.message, kUsage);
  }
  if (!values.help && !values.manifest) throw new SetupError('expected --manifest FILE', kUsage);
  return values;
}

// npm runs scripts in the package's folder; INIT_CWD is where the user is.
async function userFile(name) {
  const file = path.resolve(process.env.INIT_CWD ?? process.cwd(), name);
  await fs.access(file).catch(() => {
    throw new SetupError(`${name}: no such file`, kUsage);
  });
  return file;
}

async function modelOf({ model, precision, variant }) {
  if (!kModelNames.includes(model)) return userFile(model);
  const file = await setUpModel(model);
  // The container holds int8 weights; the published ones, in 16 bits, are the reference's.
  return precision === 'f32' && !variant ? inCache('assets', model) : file;
}

await runMain(async () => {
  const options = readArguments();
  if (options.help) {
    process.stdout.write(`${kUsage}\n`);
    return;
  }
  const manifest = await userFile(options.manifest);
  if (options.variant && !(await listVariants()).includes(options.variant)) {
    throw new SetupError(`unknown variant '${options.variant}'`, kUsage);
  }
  await setUpDeps();
  await buildCommand();
  if (options.variant) await buildAll();
  const python = await setUpEvaluation();
  const args = ['--manifest', manifest, '--model', await modelOf(options)];
  if (options.reference) args.push('--reference', await userFile(options.reference));
  for (const name of ['beam', 'precision', 'window', 'variant', 'threads']) {
    if (options[name]) args.push(`--${name}`, options[name]);
  }
  if (options.json) args.push('--json');
  const what = await run(python, [inRoot('scripts/eval/main.py'), ...args], { what: 'eval' });
  process.stdout.write(what.stdout);
});

// npm run transcribe -- FILE [options]: the WebAssembly engine in Node. The result goes to stdout
// and nothing else does (`npm run --silent` also keeps npm's own two lines away).
import fs from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildAll } from './build.mjs';
import { listVariants } from './lib/cmake.mjs';
import { describeTimings, transcribeFile } from './lib/engine.mjs';
import { runMain, SetupError } from './lib/log.mjs';
import { setUpModel } from './model.mjs';

const kUsage = `usage: npm run transcribe -- FILE [--variant V] [--model M] [--json | --srt | --vtt]
                               [--timestamps none|segment] [--trace OUT.json]`;

/** @satisfies {import('node:util').ParseArgsConfig['options']} */
const kOptions = {
  variant: { type: 'string', default: 'auto' },
  model: { type: 'string' },
  json: { type: 'boolean', default: false },
  srt: { type: 'boolean', default: false },
  vtt: { type: 'boolean', default: false },
  timestamps: { type: 'string', default: 'segment' },
  trace: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
};

function readArguments() {
  let parsed;
  try {
    parsed = parseArgs({ options: kOptions, allowPositionals: true });
  } catch (error) {
    throw new SetupError(error.message, kUsage);
  }
  const { values, positionals } = parsed;
  if (!values.help && positionals.length !== 1) {
    throw new SetupError(`expected one FILE, got ${positionals.length}`, kUsage);
  }
  if ([values.json, values.srt, values.vtt].filter(Boolean).length > 1) {
    throw new SetupError('expected one of --json, --srt, --vtt, got several', kUsage);
  }
  return { ...values, file: positionals[0] };
}

function rendered(transcript, options) {
  if (options.json) return `${JSON.stringify(transcript)}\n`;
  if (options.srt) return transcript.toSRT();
  if (options.vtt) return transcript.toVTT();
  return `${transcript.text.trim()}\n`;
}

await runMain(async () => {
  const options = readArguments();
  if (options.help) {
    process.stdout.write(`${kUsage}\n`);
    return;
  }
  // npm runs scripts in the package's folder; INIT_CWD is where the user is.
  const from = process.env.INIT_CWD ?? process.cwd();
  const file = path.resolve(from, options.file);
  await fs.access(file).catch(() => {
    throw new SetupError(`${options.file}: no such file`, kUsage);
  });
  const variants = ['auto', ...(await listVariants())];
  if (!variants.includes(options.variant)) {
    throw new SetupError(`unknown variant '${options.variant}'`, `one of: ${variants.join(', ')}`);
  }
  await buildAll();
  const model = options.model ? path.resolve(from, options.model) : await setUpModel();
  const { transcript, info } = await transcribeFile({
    file,
    model,
    variant: options.variant,
    timestamps: options.timestamps,
    trace: options.trace !== undefined,
  });
  if (options.trace) await fs.writeFile(path.resolve(from, options.trace), transcript.trace);
  process.stdout.write(rendered(transcript, options));
  if (!options.json) process.stderr.write(`${describeTimings(transcript, info).join('\n')}\n`);
});

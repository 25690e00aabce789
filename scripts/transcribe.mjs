// npm run transcribe -- FILE [options]: the WebAssembly engine in Node. The result goes to stdout
// and nothing else does (`npm run --silent` also keeps npm's own two lines away).
import fs from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildAll } from './build.mjs';
import { listVariants } from './lib/cmake.mjs';
import { describeTimings, transcribeFile } from './lib/engine.mjs';
import { runMain, SetupError } from './lib/log.mjs';
import { kModelNames, setUpModel } from './model.mjs';

// Options of which one may be given, and the method of a transcript behind each.
const kFormats = { srt: 'toSRT', vtt: 'toVTT', tsv: 'toTSV', lrc: 'toLRC' };

const kUsage = `usage: npm run transcribe -- FILE [--variant V] [--model M]
         [--json | --srt | --vtt | --tsv | --lrc] [--language L] [--task transcribe|translate]
         [--timestamps none|segment|word] [--trace OUT.json]
         [--max-line-width CHARACTERS] [--max-line-count LINES] [--max-caption-s SECONDS]
M is a file, or one of ${kModelNames.join(', ')}, which is made where it is missing.`;

/** @satisfies {import('node:util').ParseArgsConfig['options']} */
const kOptions = {
  variant: { type: 'string', default: 'auto' },
  model: { type: 'string' },
  json: { type: 'boolean', default: false },
  srt: { type: 'boolean', default: false },
  vtt: { type: 'boolean', default: false },
  tsv: { type: 'boolean', default: false },
  lrc: { type: 'boolean', default: false },
  'max-line-width': { type: 'string' },
  'max-line-count': { type: 'string' },
  'max-caption-s': { type: 'string' },
  language: { type: 'string', default: 'auto' },
  task: { type: 'string', default: 'transcribe' },
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
  const formats = ['json', ...Object.keys(kFormats)];
  if (formats.filter((name) => values[name]).length > 1) {
    const names = formats.map((name) => `--${name}`).join(', ');
    throw new SetupError(`expected one of ${names}, got several`, kUsage);
  }
  return { ...values, file: positionals[0] };
}

function captionOptions(options) {
  const numbers = {
    maxLineWidth: options['max-line-width'],
    maxLineCount: options['max-line-count'],
    maxCaptionS: options['max-caption-s'],
  };
  const given = Object.entries(numbers).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, Number(value)]));
}

function rendered(transcript, options) {
  if (options.json) return `${JSON.stringify(transcript)}\n`;
  for (const [name, method] of Object.entries(kFormats)) {
    if (options[name]) return transcript[method](captionOptions(options));
  }
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
  const isNamed = options.model === undefined || kModelNames.includes(options.model);
  const model = isNamed ? await setUpModel(options.model) : path.resolve(from, options.model);
  const { language, task, timestamps, variant } = options;
  const wanted = { language, task, timestamps, trace: options.trace !== undefined };
  const { transcript, info } = await transcribeFile({ file, model, variant, options: wanted });
  if (options.trace) await fs.writeFile(path.resolve(from, options.trace), transcript.trace);
  process.stdout.write(rendered(transcript, options));
  if (!options.json) process.stderr.write(`${describeTimings(transcript, info).join('\n')}\n`);
});

// The work of scripts/bench.mjs: measures, or reads what was measured, and says what came out.
import fs from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { note, SetupError } from '../log.mjs';
import { inRoot } from '../paths.mjs';
import { confirm } from './again.mjs';
import { check, compare } from './check.mjs';
import { measureInChromium } from './chromium_place.mjs';
import { provideBuild } from './dirs.mjs';
import { startView } from './live.mjs';
import { bundleMeasure, measureInNode } from './node_place.mjs';
import { describe, describeComparison, describeSimulation, toCsv } from './report.mjs';
import { parseHardware } from './simulate.mjs';

const kUsage = `usage: npm run bench [-- options]
  --where node|chromium     one place only; default both
  --variant V               one variant only; may be given several times
  --only stages|ops         leave out the other
  --window auto|full        how much of the 30 s window the encoder computes; default auto
  --threads N               for the variants with threads; default as the package chooses
  --quick                   three runs of each: rough, but fast
  --audio FILE.wav          another clip than the sample
  --json FILE, --csv FILE   write the results; - is standard output
  --from FILE.json          take these results instead of measuring
  --compare BASELINE.json   show the changes since
  --check                   and fail where a component is more than 20 % slower
  --simulate HARDWARE       project to other hardware: a name, all, or lanes=L,ghz=G,gbps=B`;

const kPlaces = { node: measureInNode, chromium: measureInChromium };

/** @satisfies {import('node:util').ParseArgsConfig['options']} */
const kOptions = {
  where: { type: 'string', multiple: true },
  variant: { type: 'string', multiple: true },
  only: { type: 'string' },
  window: { type: 'string', default: 'auto' },
  threads: { type: 'string' },
  quick: { type: 'boolean', default: false },
  audio: { type: 'string' },
  json: { type: 'string' },
  csv: { type: 'string' },
  from: { type: 'string' },
  compare: { type: 'string' },
  check: { type: 'boolean', default: false },
  simulate: { type: 'string', multiple: true, default: [] },
  help: { type: 'boolean', short: 'h', default: false },
};

function oneOf(name, value, allowed) {
  if (allowed.includes(value)) return;
  throw new SetupError(`--${name}: expected ${allowed.join(' or ')}, got '${value}'`, kUsage);
}

function readArguments() {
  let values;
  try {
    ({ values } = parseArgs({ options: kOptions }));
  } catch (error) {
    throw new SetupError(error.message, kUsage);
  }
  for (const where of values.where ?? []) oneOf('where', where, Object.keys(kPlaces));
  if (values.only) oneOf('only', values.only, ['stages', 'ops']);
  oneOf('window', values.window, ['auto', 'full']);
  if (values.threads !== undefined && !/^[1-9]\d*$/.test(values.threads)) {
    throw new SetupError(`--threads: expected a number from 1, got '${values.threads}'`, kUsage);
  }
  if (values.check && !values.compare) {
    throw new SetupError('--check: expected --compare BASELINE.json beside it, got none', kUsage);
  }
  return { ...values, hardware: values.simulate.flatMap(parseHardware) };
}

// npm runs scripts in the package's folder; INIT_CWD is where the user is.
const fromUser = (file) => path.resolve(process.env.INIT_CWD ?? process.cwd(), file);

async function readResults(file, schema) {
  let results;
  try {
    results = JSON.parse(await fs.readFile(fromUser(file), 'utf8'));
  } catch (error) {
    throw new SetupError(`${file}: expected results of --json, got: ${error.message}`);
  }
  if (results.schema === schema) return results;
  throw new SetupError(`${file}: expected schema ${schema}, got ${results.schema}`);
}

// What is measured, and of what.
async function prepare(options) {
  const { variants: known, model, sample } = await provideBuild();
  for (const variant of options.variant ?? []) oneOf('variant', variant, known);
  const audio = options.audio ? fromUser(options.audio) : sample;
  await fs.access(audio).catch(() => {
    throw new SetupError(`${options.audio}: no such file`, kUsage);
  });
  const chosen = {
    variants: options.variant ?? known,
    quick: options.quick,
    parts: options.only ? [options.only] : undefined,
    encoderWindow: options.window,
    threads: options.threads && Number(options.threads),
  };
  return { audio, model, options: chosen };
}

async function measureAll(options, schema, baseline) {
  const job = await prepare(options);
  const view = startView(process.stderr);
  const measureAt = (where, job) => kPlaces[where](job, (event) => view.onEvent(where, event));
  const places = [];
  for (const where of options.where ?? Object.keys(kPlaces)) {
    places.push(await measureAt(where, job));
  }
  const { version } = JSON.parse(await fs.readFile(inRoot('package.json'), 'utf8'));
  const clip = path.basename(job.audio);
  let results = { schema, version, date: new Date().toISOString(), clip, places };
  if (options.check) {
    results = await confirm(results, baseline, async (where, variant, parts) => {
      const again = { ...job, options: { ...job.options, variants: [variant], parts } };
      return (await measureAt(where, again)).variants[0];
    });
  }
  view.close();
  return results;
}

async function write(file, text) {
  if (file === '-') process.stdout.write(text);
  else if (file) await fs.writeFile(fromUser(file), text);
}

const say = (lines) => process.stdout.write(`${lines.join('\n')}\n`);

/** Does what the command's arguments ask for. */
export async function main() {
  const options = readArguments();
  if (options.help) {
    say([kUsage]);
    return;
  }
  const { floor_ms, schema } = await import(pathToFileURL(await bundleMeasure()).href);
  const baseline = options.compare && (await readResults(options.compare, schema));
  const results = options.from
    ? await readResults(options.from, schema)
    : await measureAll(options, schema, baseline);
  // Where standard output is the data, nothing else goes there.
  const isData = [options.json, options.csv].includes('-');
  if (!isData) say(describe(results));
  if (options.hardware.length > 0 && !isData) {
    say(describeSimulation(results, options.hardware, floor_ms));
  }
  await write(options.json, `${JSON.stringify(results, null, 2)}\n`);
  await write(options.csv, toCsv(results));
  if (!baseline) return;
  const comparison = compare(results, baseline);
  if (!isData) say(describeComparison(comparison));
  if (!options.check) return;
  const { failures, warnings } = check(results, comparison);
  for (const warning of warnings) note('bench', `warning: ${warning}`);
  for (const failure of failures) note('bench', `slower: ${failure}`);
  if (failures.length > 0) {
    throw new SetupError(
      `${failures.length} components failed`,
      'see what changed, or make a new baseline',
    );
  }
}

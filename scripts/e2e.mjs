// npm run e2e -- [BACKEND...]: transcribes a file with each backend, as users would: the native
// command, and each WebAssembly variant in a page of Chromium. Ends with the line `N passed, N
// failed, N skipped` and fails where one failed.
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { setUpChromium } from './chromium.mjs';
import { provideBuild } from './lib/bench/dirs.mjs';
import { kBackends, kJfkWords } from './lib/e2e/backends.mjs';
import { runInChromium } from './lib/e2e/chromium.mjs';
import { crowding, judge } from './lib/e2e/judge.mjs';
import { runNative } from './lib/e2e/native.mjs';
import { runMain, SetupError } from './lib/log.mjs';

const kNames = kBackends.map(({ name }) => name);
const kUsage = `usage: npm run e2e -- [${kNames.join('|')}|all]...
  --audio FILE.wav   another file than the sample; its words are not checked
  --verbose          segments and every run`;

// The best of three counts, as other programs only ever make it slower; one that takes long is not
// repeated so often.
const kRuns = 3;
const kLong_ms = 6000;

function readArguments() {
  let parsed;
  try {
    parsed = parseArgs({
      options: {
        audio: { type: 'string' },
        verbose: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
      allowPositionals: true,
    });
  } catch (error) {
    throw new SetupError(error.message, kUsage);
  }
  const { values, positionals } = parsed;
  for (const name of positionals) {
    if (name !== 'all' && !kNames.includes(name)) {
      throw new SetupError(`unknown backend '${name}'`, kUsage);
    }
  }
  const isAll = positionals.length === 0 || positionals.includes('all');
  return { ...values, names: isAll ? kNames : positionals };
}

function isEnough(runs) {
  const spent_ms = runs.reduce((sum, { timings }) => sum + timings.total_ms, 0);
  return runs.length >= kRuns || spent_ms >= kLong_ms;
}

// Path of the browser, or why there is none.
async function findChromium() {
  try {
    return { executable: await setUpChromium() };
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return { noBrowser: error.message };
  }
}

async function runBackend(backend, job) {
  if (backend.name === 'native') return runNative(job, isEnough);
  if (!job.variants.includes(backend.name)) {
    return { skipped: 'emscripten/variants.cmake names no such variant, so nothing was built' };
  }
  if (job.noBrowser) return { skipped: job.noBrowser };
  return runInChromium({ ...job, variant: backend.name, isolated: backend.isolated }, isEnough);
}

// One backend that breaks must not keep the others from being checked.
async function tryBackend(backend, job) {
  try {
    return await runBackend(backend, job);
  } catch (error) {
    return { broken: error instanceof Error ? error.message : String(error) };
  }
}

const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;

function timingLine({ timings }) {
  const { load_ms, mel_ms, encode_ms, decode_ms, total_ms, tokens, peak_heap_bytes } = timings;
  return (
    `load ${seconds(load_ms)}, mel ${seconds(mel_ms)}, encode ${seconds(encode_ms)}, ` +
    `decode ${seconds(decode_ms)} (${tokens} tokens), in all ${seconds(total_ms)}, ` +
    `memory ${(peak_heap_bytes / 1e6).toFixed(0)} MB`
  );
}

const say = (line) => process.stdout.write(`${line}\n`);

function report(backend, outcome, expected, verbose) {
  const { name, maxRtf, why } = backend;
  if (outcome.skipped) {
    say(`SKIPPED: ${name}: ${outcome.skipped}`);
    return 'skipped';
  }
  if (outcome.broken) {
    say(`FAIL: ${name}: ${outcome.broken}`);
    return 'failed';
  }
  const best = outcome.runs.toSorted((a, b) => a.timings.total_ms - b.timings.total_ms)[0];
  // On a machine that others use, the target is what it is for the share that is left.
  const [load] = os.loadavg();
  const crowded = crowding(load, os.availableParallelism());
  const { rtf, failures } = judge(best, backend, expected, crowded);
  const texts = new Set(outcome.runs.map(({ text }) => text));
  if (texts.size > 1) failures.push(`expected one text of every run, got ${texts.size}`);
  const status = failures.length > 0 ? 'FAIL' : 'PASS';
  say(`${status}: ${name}: RTF ${rtf.toFixed(3)} of ${maxRtf} (${outcome.about})`);
  if (crowded > 1)
    say(
      `  ${load.toFixed(1)} programs want the processors: target ${(maxRtf * crowded).toFixed(2)}`,
    );
  for (const failure of failures) say(`  ${failure}`);
  if (failures.some((line) => line.startsWith('real-time'))) say(`  target: ${why}`);
  say(`  ${timingLine(best)}`);
  say(`  ${best.text.trim()}`);
  if (verbose) {
    for (const { start, end, text } of best.segments) {
      say(`    ${start.toFixed(2)} to ${end.toFixed(2)}:${text}`);
    }
    for (const run of outcome.runs) say(`    run: ${timingLine(run)}`);
    if (outcome.info) say(`    ready: ${JSON.stringify(outcome.info.timings)}`);
  }
  return failures.length > 0 ? 'failed' : 'passed';
}

await runMain(async () => {
  const options = readArguments();
  if (options.help) {
    say(kUsage);
    return;
  }
  // npm runs scripts in the package's folder; INIT_CWD is where the user is.
  const given = options.audio && path.resolve(process.env.INIT_CWD ?? process.cwd(), options.audio);
  if (given) {
    await fs.access(given).catch(() => {
      throw new SetupError(`${options.audio}: no such file`, kUsage);
    });
  }
  const { variants, model, sample } = await provideBuild();
  const audio = given ?? sample;
  const isWasm = options.names.some((name) => name !== 'native');
  const job = { audio, model, variants, ...(isWasm ? await findChromium() : {}) };
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const backend of kBackends.filter(({ name }) => options.names.includes(name))) {
    const outcome = await tryBackend(backend, job);
    const expected = given ? undefined : kJfkWords;
    counts[report(backend, outcome, expected, options.verbose)]++;
  }
  say(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  if (counts.failed > 0) process.exitCode = 1;
});

// npm run fuzz [-- --seconds S] [--only TARGET]...: runs the fuzzers of tests/fuzz, as many side by
// side as there are processors, and ends with the line `N passed, N failed`. What is found is kept,
// with the bytes that do it.
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { setUpDeps } from './deps.mjs';
import { setUpFuzzer } from './fuzzer.mjs';
import { buildFuzzers, kFuzzers } from './lib/cmake.mjs';
import { run } from './lib/exec.mjs';
import { note, runMain, SetupError, step } from './lib/log.mjs';
import { inRoot, shown } from './lib/paths.mjs';

// Inputs stand for files of 2 MiB at most: who asks for a hundred times as much believed a lie.
const kMostAllocation_mb = 256;
const kMostMemory_mb = 1536;
// The slowest inputs take a tenth of a second here; this is for machines that do other things, too.
const kSlowest_s = 25;

const kDefault_s = 60;

async function runFuzzer(target, seconds, symbolizer) {
  const dir = inRoot('build/native-fuzz/runs', target);
  await fs.rm(dir, { recursive: true, force: true });
  const corpus = path.join(dir, 'corpus');
  const found = path.join(dir, 'found');
  for (const folder of [corpus, found]) await fs.mkdir(folder, { recursive: true });
  const kept = inRoot('tests/fuzz/corpus', target);
  const inputs = [corpus, inRoot('build/native-fuzz/seeds', target)];
  if (await fs.stat(kept).catch(() => null)) inputs.push(kept);
  const limits = {
    max_total_time: seconds,
    rss_limit_mb: kMostMemory_mb,
    malloc_limit_mb: kMostAllocation_mb,
    timeout: kSlowest_s,
    print_final_stats: 1,
    artifact_prefix: `${found}/`,
  };
  const args = Object.entries(limits).map(([name, value]) => `-${name}=${value}`);
  const env = { ASAN_SYMBOLIZER_PATH: symbolizer, ASAN_OPTIONS: 'quarantine_size_mb=32' };
  const program = inRoot('build/native-fuzz', `fuzz_${target}`);
  const start_ms = performance.now();
  const { code, stderr } = await run(program, [...args, ...inputs], { env, check: false });
  const executed = Number(stderr.match(/^stat::number_of_executed_units: (\d+)$/m)?.[1] ?? 0);
  const covered = [...stderr.matchAll(/\bcov: (\d+)/g)].at(-1)?.[1] ?? '?';
  const took_s = ((performance.now() - start_ms) / 1000).toFixed(0);
  step('fuzz', `${target}: ${executed} inputs in ${took_s} s, ${covered} branches seen`);
  // A fuzzer that ran nothing has proved nothing.
  if (code === 0 && executed > 0) return true;
  note('fuzz', `${target}: exit code ${code}; the input is in ${shown(found)}`);
  process.stderr.write(`${stderr.split('\n').slice(-60).join('\n')}\n`);
  return false;
}

/** Runs the targets, those that are slow to begin with first. */
async function runAll(targets, seconds, symbolizer) {
  const waiting = [...targets];
  const passed = [];
  const work = async () => {
    for (let target = waiting.shift(); target; target = waiting.shift()) {
      passed.push(await runFuzzer(target, seconds, symbolizer));
    }
  };
  await Promise.all(Array.from({ length: os.availableParallelism() }, work));
  return passed.filter(Boolean).length;
}

await runMain(async () => {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: String(kDefault_s) },
      only: { type: 'string', multiple: true, default: kFuzzers },
    },
  });
  const seconds = Number(values.seconds);
  if (!Number.isInteger(seconds) || seconds < 1) {
    throw new SetupError(`--seconds: expected a whole number from 1; got '${values.seconds}'`);
  }
  const unknown = values.only.find((name) => !kFuzzers.includes(name));
  if (unknown) {
    throw new SetupError(`--only: unknown target '${unknown}'`, `one of: ${kFuzzers.join(', ')}`);
  }
  await setUpDeps();
  const compiler = await setUpFuzzer();
  await buildFuzzers(compiler);
  const seeds = inRoot('build/native-fuzz/seeds');
  await fs.rm(seeds, { recursive: true, force: true });
  await run(inRoot('build/native-fuzz/sotto_fuzz_seeds'), [seeds]);
  const passed = await runAll(values.only, seconds, compiler.symbolizer);
  const failed = values.only.length - passed;
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  if (failed > 0) process.exitCode = 1;
});

// npm test [-- --only SUITE]...: sets up what is missing, runs the suites of suites.mjs and ends
// with the line `N passed, N failed, N skipped` over all their test cases.
import os from 'node:os';
import { parseArgs } from 'node:util';
import { setUpAssets } from './assets.mjs';
import { buildAll } from './build.mjs';
import { setUpChromium } from './chromium.mjs';
import { setUpDeps } from './deps.mjs';
import { setUpTypeDoc } from './docs.mjs';
import { findFuzzer } from './fuzzer.mjs';
import {
  buildNativeTests,
  buildSanitizedTests,
  buildVariantTests,
  listVariants,
} from './lib/cmake.mjs';
import { note, runMain, SetupError, step } from './lib/log.mjs';
import { skippedLines } from './lib/runners.mjs';
import { requireTools } from './lib/tools.mjs';
import { setUpModel } from './model.mjs';
import { setUpRelaxedNode } from './node.mjs';
import { setUpNpm } from './npm.mjs';
import { setUpEvaluation } from './python.mjs';
import { setUpSilero } from './silero.mjs';
import { listSuites } from './suites.mjs';
import { setUpToolchain } from './toolchain.mjs';

// What a suite may need, made at most once in a run.
const kNeeds = {
  npm: setUpNpm,
  toolchain: setUpToolchain,
  typedoc: setUpTypeDoc,
  assets: setUpAssets,
  evaluation: setUpEvaluation,
  chromium: async () => {
    await setUpNpm();
    process.env.SOTTO_CHROMIUM = await setUpChromium();
  },
  relaxedNode: setUpRelaxedNode,
  native: async () => {
    await setUpDeps();
    await buildNativeTests();
  },
  sanitized: async () => {
    await setUpDeps();
    await buildSanitizedTests(await findFuzzer());
  },
  wasm: async () => {
    await setUpToolchain();
    await setUpDeps();
    for (const variant of await listVariants()) await buildVariantTests(variant);
  },
  package: buildAll,
  model: () => setUpModel(),
  base: () => setUpModel('base'),
  silero: setUpSilero,
};

const made = new Map();

function provide(need) {
  if (!made.has(need)) made.set(need, kNeeds[need]());
  return made.get(need);
}

// What cannot be made is told by the suite that needs it.
async function provideAll(suites) {
  for (const need of suites.flatMap(({ needs }) => needs)) await provide(need).catch(() => {});
}

async function runSuite(suite) {
  step('test', `${suite.name}: ${suite.what}`);
  const start_ms = performance.now();
  let result;
  try {
    for (const need of suite.needs) await provide(need);
    result = await suite.run();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    // What a suite needs could not be made: its tests did not pass, whatever their number.
    const output = `${error.message}\n${error.todo ? `to do: ${error.todo}\n` : ''}`;
    result = { passed: 0, failed: 1, skipped: 0, output };
  }
  if (result.failed > 0) process.stderr.write(`${result.output.trimEnd()}\n`);
  else for (const line of skippedLines(result.output)) note('test', `${suite.name}: ${line}`);
  const took_s = ((performance.now() - start_ms) / 1000).toFixed(1);
  const { passed, failed, skipped } = result;
  const say = failed > 0 ? note : step;
  say(
    'test',
    `${suite.name}: ${passed} passed, ${failed} failed, ${skipped} skipped (${took_s} s)`,
  );
  return result;
}

// Runs suites one after another, but those that may run beside each other by as many as there are
// processors. What these need is made before, since builds use all processors by themselves.
async function runSuites(suites) {
  const waiting = [...suites];
  const results = new Map();
  const work = async (group) => {
    for (let suite = group.shift(); suite; suite = group.shift()) {
      results.set(suite.name, await runSuite(suite));
    }
  };
  while (waiting.length > 0) {
    const end = waiting.findIndex(({ beside }) => !beside);
    const group = waiting.splice(0, end === 0 ? 1 : end > 0 ? end : waiting.length);
    const workers = Math.min(group.length, os.availableParallelism());
    if (workers > 1) await provideAll(group);
    await Promise.all(Array.from({ length: workers }, () => work(group)));
  }
  return results;
}

async function chosenSuites() {
  const { values } = parseArgs({
    options: { only: { type: 'string', multiple: true }, list: { type: 'boolean' } },
  });
  const all = await listSuites();
  if (values.list) for (const { name, what } of all) process.stdout.write(`${name}: ${what}\n`);
  if (values.list) return [];
  const names = all.map(({ name }) => name);
  for (const name of values.only ?? []) {
    if (names.includes(name)) continue;
    throw new SetupError(`unknown suite '${name}'`, `one of: ${names.join(', ')}`);
  }
  return values.only ? all.filter(({ name }) => values.only?.includes(name)) : all;
}

await runMain(async () => {
  requireTools('g++', 'cmake', 'python3', 'tar');
  const suites = await chosenSuites();
  if (suites.length === 0) return;
  const total = { passed: 0, failed: 0, skipped: 0 };
  const failing = [];
  for (const [name, result] of await runSuites(suites)) {
    for (const key of Object.keys(total)) total[key] += result[key];
    if (result.failed > 0) failing.push(name);
  }
  if (failing.length > 0) note('test', `failing: ${failing.join(', ')}`);
  const { passed, failed, skipped } = total;
  process.stdout.write(
    `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}\n`,
  );
  if (failed > 0) process.exitCode = 1;
});

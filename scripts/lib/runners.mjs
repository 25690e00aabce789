// How each kind of test program is run and its cases are counted. A program that ends without the
// counts it should print has crashed, and counts as one failure whatever it printed before.
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { run } from './exec.mjs';
import { inRoot } from './paths.mjs';

/** @typedef {{passed: number, failed: number, skipped: number, output: string}} Outcome */

// Lines by which a test says that it could not check something, and why.
const kSkippedLine = /^\s*skipped: .*$/gim;

function outcome({ passed, failed, skipped }, { code, stdout, stderr }) {
  const output = stdout + stderr;
  // Exit code and counts must agree; where they do not, something outside a case went wrong.
  const crashed = code !== 0 && failed === 0;
  return { passed, failed: crashed ? 1 : failed, skipped, output };
}

const crashed = ({ stdout, stderr, code }) => ({
  passed: 0,
  failed: 1,
  skipped: 0,
  output: `${stdout}${stderr}\n(exit code ${code}, and no counts)`,
});

/** Lines of a program's output that say what was skipped. */
export const skippedLines = (output) =>
  [...output.matchAll(kSkippedLine)].map(([line]) => line.trim());

const kDoctestCounts = /test cases:\s*(\d+) \|\s*\d+ passed \|\s*(\d+) failed \|/;

// Cases `first` to `last` of a doctest program, counted from one; all, where not given. Its own
// counts take cases that were not among them for passed, so that only the failed ones are read.
async function runCases({ cmd, args, env }, first = 1, last = Number.POSITIVE_INFINITY) {
  const range = Number.isFinite(last) ? [`--first=${first}`, `--last=${last}`] : [];
  const result = await run(cmd, [...args, ...range], { check: false, env });
  const [, all, failed] = result.stdout.match(kDoctestCounts)?.map(Number) ?? [];
  if (!all) return crashed(result);
  const count = Math.min(last, all) - first + 1;
  // A case that could not check anything says so in a line of its own and is not a pass.
  const skipped = Math.min(count - failed, skippedLines(result.stdout + result.stderr).length);
  return outcome({ passed: count - failed - skipped, failed, skipped }, result);
}

// More shares than processors, because cases take from nothing to a minute.
const kSharesPerProcessor = 4;

async function runShares(program) {
  const { cmd, args, env } = program;
  const { stdout } = await run(cmd, [...args, '--count'], { check: false, env });
  const cases = Number(stdout.match(/passing the current filters:\s*(\d+)/)?.[1] ?? 0);
  const workers = os.availableParallelism();
  const size = Math.max(1, Math.ceil(cases / (kSharesPerProcessor * workers)));
  const firsts = Array.from({ length: Math.ceil(cases / size) }, (_, i) => 1 + i * size);
  const outcomes = [];
  const work = async () => {
    for (let first = firsts.shift(); first; first = firsts.shift()) {
      outcomes.push(await runCases(program, first, first + size - 1));
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return outcomes;
}

/**
 * A doctest program, native or (a .cjs or .mjs) in Node.
 * @param {string} program
 * @param {{args?: string[], env?: object, node?: string, shares?: boolean}} [options] `node`: another
 *   Node than this; `shares`: run it several times side by side, with some of its cases each
 * @returns {Promise<Outcome>}
 */
export async function runDoctest(program, options = {}) {
  const { args = [], env, node = process.execPath, shares = false } = options;
  const isScript = /\.[cm]?js$/.test(program);
  const [cmd, first] = isScript ? [node, [program]] : [program, []];
  const all = [...first, '--no-colors=true', '--no-version=true', ...args];
  const started = { cmd, args: all, env };
  const outcomes = shares ? await runShares(started) : [await runCases(started)];
  const sum = (name) => outcomes.reduce((total, outcome) => total + outcome[name], 0);
  const output = outcomes.map((outcome) => outcome.output).join('');
  if (outcomes.length === 0) return { passed: 0, failed: 1, skipped: 0, output: 'no test cases' };
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped'), output };
}

/**
 * Files of tests written for node:test.
 * @param {string[]} files
 * @param {{env?: object, node?: string}} [options] `node`: another Node than this
 * @returns {Promise<Outcome>}
 */
export async function runNodeTests(files, { env, node = process.execPath } = {}) {
  const args = ['--test', '--test-reporter=tap', ...files];
  const result = await run(node, args, { check: false, env });
  const count = (name) => Number(result.stdout.match(new RegExp(`^# ${name} (\\d+)$`, 'm'))?.[1]);
  const [passed, failed, cancelled] = ['pass', 'fail', 'cancelled'].map(count);
  const skipped = count('skipped') + count('todo');
  if (!Number.isInteger(passed) || passed + failed + cancelled + skipped === 0) {
    return crashed(result);
  }
  return outcome({ passed, failed: failed + cancelled, skipped }, result);
}

/**
 * Playwright with one of the project's configurations.
 * @param {string} config
 * @param {{env?: object}} [options]
 * @returns {Promise<Outcome>}
 */
export async function runPlaywright(config, { env = {} } = {}) {
  const report = inRoot('test-results', `${path.basename(path.dirname(config))}.json`);
  await fs.rm(report, { force: true });
  const cli = inRoot('node_modules/@playwright/test/cli.js');
  const args = [cli, 'test', '-c', config, '--reporter=line,json'];
  const variables = { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: report, FORCE_COLOR: '0' };
  const result = await run(process.execPath, args, { check: false, env: variables });
  const text = await fs.readFile(report, 'utf8').catch(() => null);
  const stats = text === null ? null : JSON.parse(text).stats;
  if (!stats || stats.expected + stats.unexpected + stats.flaky + stats.skipped === 0) {
    return crashed(result);
  }
  // A test that only passes when it is tried again is not one to rely on.
  const failed = stats.unexpected + stats.flaky;
  return outcome({ passed: stats.expected, failed, skipped: stats.skipped }, result);
}

/**
 * A program that ends with the line `N passed, N failed` and perhaps `, N skipped`.
 * @param {string} cmd
 * @param {string[]} args
 * @param {{env?: object}} [options]
 * @returns {Promise<Outcome>}
 */
export async function runCounting(cmd, args, { env } = {}) {
  const result = await run(cmd, args, { check: false, env });
  const line = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/gm;
  const match = [...result.stdout.matchAll(line)].at(-1);
  if (!match) return crashed(result);
  const [passed, failed, skipped] = match.slice(1).map((text) => Number(text ?? 0));
  if (passed + failed + skipped === 0) return crashed(result);
  return outcome({ passed, failed, skipped }, result);
}

/** Checks that are functions: each returns its complaints, none when all is well. */
export async function runChecks(checks) {
  let failed = 0;
  let output = '';
  for (const [name, check] of Object.entries(checks)) {
    const complaints = await check();
    if (complaints.length === 0) continue;
    failed++;
    output += `${name}:\n${complaints.map((line) => `  ${line}\n`).join('')}`;
  }
  return { passed: Object.keys(checks).length - failed, failed, skipped: 0, output };
}

// How each kind of test program is run and its cases are counted. A program that ends without the
// counts it should print has crashed, and counts as one failure whatever it printed before.
import fs from 'node:fs/promises';
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

/**
 * A doctest program, native or (a .cjs or .mjs) in Node.
 * @param {string} program
 * @param {{args?: string[], env?: object, node?: string}} [options] `node`: another Node than this
 * @returns {Promise<Outcome>}
 */
export async function runDoctest(program, { args = [], env, node = process.execPath } = {}) {
  const isScript = /\.[cm]?js$/.test(program);
  const [cmd, first] = isScript ? [node, [program]] : [program, []];
  const all = [...first, '--no-colors=true', '--no-version=true', ...args];
  const result = await run(cmd, all, { check: false, env });
  const counts = /test cases:\s*\d+ \|\s*(\d+) passed \|\s*(\d+) failed \|/;
  const match = result.stdout.match(counts);
  if (!match) return crashed(result);
  const [passed, failed] = match.slice(1).map(Number);
  if (passed + failed === 0) return crashed(result);
  // A case that could not check anything says so in a line of its own and is not a pass.
  const skipped = Math.min(passed, skippedLines(result.stdout + result.stderr).length);
  return outcome({ passed: passed - skipped, failed, skipped }, result);
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

import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { runChecks, runCounting, runDoctest, runNodeTests } from '../../scripts/lib/runners.mjs';

let dir = '';
before(async () => {
  dir = await fs.mkdtemp(path.join(os.tmpdir(), 'sotto-run-'));
});
after(() => fs.rm(dir, { recursive: true, force: true }));

async function program(name, text) {
  const file = path.join(dir, name);
  await fs.writeFile(file, text);
  return file;
}

const counts = ({ passed, failed, skipped }) => [passed, failed, skipped];
const summary = (passed, failed) =>
  `[doctest] test cases: ${passed + failed} | ${passed} passed | ${failed} failed | 0 skipped`;

test('doctest: cases are counted, and a case that says why it was skipped is no pass', async () => {
  const good = await program('good.cjs', `console.log('skipped: no data\\n${summary(5, 0)}')`);
  assert.deepEqual(counts(await runDoctest(good)), [4, 0, 1]);
  const bad = await program('bad.cjs', `console.log('${summary(3, 2)}'); process.exitCode = 1`);
  assert.deepEqual(counts(await runDoctest(bad)), [3, 2, 0]);
});

test('doctest: a crash, no cases at all, or an exit code without a failure is a failure', async () => {
  const crash = await program('crash.cjs', 'process.abort()');
  assert.deepEqual(counts(await runDoctest(crash)), [0, 1, 0]);
  const empty = await program('empty.cjs', `console.log('${summary(0, 0)}')`);
  assert.deepEqual(counts(await runDoctest(empty)), [0, 1, 0]);
  const late = await program('late.cjs', `console.log('${summary(4, 0)}'); process.exitCode = 1`);
  assert.deepEqual(counts(await runDoctest(late)), [4, 1, 0]);
});

test('doctest: shares of the cases are run side by side, and their counts are added', async () => {
  // Like doctest, it counts all cases in each share: the second one of five fails, the third is skipped.
  const five = await program(
    'five.cjs',
    `const arg = (name) => Number(process.argv.find((text) => text.startsWith(name))?.split('=')[1]);
     if (process.argv.includes('--count')) {
       console.log('[doctest] unskipped test cases passing the current filters: 5');
     } else {
       const [first, last] = [arg('--first='), arg('--last=')];
       const has = (i) => first <= i && i <= last;
       if (has(3)) console.log('skipped: no data');
       const failed = has(2) ? 1 : 0;
       console.log(\`[doctest] test cases: 5 | \${5 - failed} passed | \${failed} failed | 0 skipped\`);
       process.exitCode = failed;
     }`,
  );
  assert.deepEqual(counts(await runDoctest(five, { shares: true })), [3, 1, 1]);
  const crash = await program('share.cjs', 'process.abort()');
  assert.deepEqual(counts(await runDoctest(crash, { shares: true })), [0, 1, 0]);
});

test('node:test: passes, failures and skips are counted', async () => {
  const file = await program(
    'some.test.mjs',
    `import { test } from 'node:test';
     test('a', () => {});
     test('b', () => { throw new Error('no'); });
     test('c', { skip: 'why' }, () => {});`,
  );
  // The runner refuses to start inside itself unless the mark it leaves is taken away.
  const env = { NODE_TEST_CONTEXT: undefined };
  assert.deepEqual(counts(await runNodeTests([file], { env })), [1, 1, 1]);
});

test('counting programs: the last line counts, and without one the run failed', async () => {
  const some = await program(
    'some.mjs',
    "console.log('1 passed, 0 failed\\n7 passed, 0 failed, 2 skipped')",
  );
  assert.deepEqual(counts(await runCounting(process.execPath, [some])), [7, 0, 2]);
  const none = await program('none.mjs', "console.log('done')");
  assert.deepEqual(counts(await runCounting(process.execPath, [none])), [0, 1, 0]);
});

test('checks: each complaint is shown under its check', async () => {
  const result = await runChecks({ fine: () => [], bad: async () => ['line 1: wrong'] });
  assert.deepEqual(counts(result), [1, 1, 0]);
  assert.match(result.output, /bad:\n {2}line 1: wrong/);
});

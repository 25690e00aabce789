// npm run bench:live, as a user or a script calls it.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { run } from '../../scripts/lib/exec.mjs';

const kScript = path.resolve(import.meta.dirname, '../../scripts/bench_live.mjs');
const bench = (...args) => run(process.execPath, [kScript, ...args], { check: false });

// The first pass is due when a fifth of a second of a word was heard.
const kEarliest_ms = -500;

test('--json prints an object for each policy, of what the sample gives', async () => {
  const policies = ['both', 'window'];
  const { code, stdout, stderr } = await bench(
    ...['--json', '--variant', 'simd128', ...policies.flatMap((name) => ['--policy', name])],
  );
  assert.equal(code, 0, stderr);
  const results = JSON.parse(stdout);
  assert.deepEqual(
    results.map((result) => result.policy),
    policies,
  );
  for (const result of results) {
    assert.deepEqual(Object.keys(result), [
      ...['policy', 'variant', 'clips', 'seconds', 'shown_ms', 'confirmed_ms', 'cpu_share'],
      ...['wer_offline', 'wer_live', 'retractions', 'heap_growth_bytes'],
    ]);
    assert.equal(result.variant, 'simd128');
    assert.equal(result.clips, 1);
    assert.ok(Math.abs(result.seconds - 12.7) < 0.01);
    assert.equal(result.wer_offline, 0);
    assert.equal(result.retractions, 0);
    for (const lags of [result.shown_ms, result.confirmed_ms]) {
      assert.ok(kEarliest_ms < lags.p50 && lags.p50 <= lags.p95 && lags.p95 < 60_000);
    }
    assert.ok(result.shown_ms.p50 <= result.confirmed_ms.p50);
    assert.ok(result.cpu_share > 0);
  }
  // What a pass hears depends on how long those before it took, and a word or two with it.
  const [both] = results;
  assert.ok(both.wer_live <= 4 / 22, `${both.wer_live}`);
});

test('--rounds tells what each round cost, and hears it live alone', async () => {
  const args = ['--json', '--variant', 'simd128', '--policy', 'both', '--rounds', '2'];
  const { code, stdout, stderr } = await bench(...args);
  assert.equal(code, 0, stderr);
  const [both] = JSON.parse(stdout);
  assert.ok(Math.abs(both.seconds - 2 * 12.7) < 0.01);
  assert.equal(both.wer_offline, null);
  assert.equal(both.confirmed_ms.p50, null);
  assert.equal(both.retractions, 0);
  const [first, second] = both.rounds_cpu_share;
  assert.ok(first > 0 && second > 0);
  assert.ok(Math.abs((first + second) / 2 - both.cpu_share) < 0.001);
});

test('--pass-ms gives the same on any machine', async () => {
  const args = ['--json', '--variant', 'simd128', '--policy', 'both', '--pass-ms', '140'];
  const [[one], [other]] = await Promise.all(
    [1, 2].map(async () => {
      const { code, stdout, stderr } = await bench(...args, '--block-ms', '70');
      assert.equal(code, 0, stderr);
      return JSON.parse(stdout);
    }),
  );
  assert.notEqual(one.confirmed_ms.p50, null);
  for (const result of [one, other]) delete result.cpu_share;
  assert.deepEqual(one, other);
});

test('what is wrong with a call is said, with the usage', async () => {
  for (const [args, message] of [
    [['--manifest', 'none.jsonl'], /none\.jsonl: no such file/],
    [['--variant', 'relaxed-mt'], /expected a variant without threads; got 'relaxed-mt'/],
    [['--what'], /--what/],
    [['--rounds', '0'], /--rounds: expected 1 to 999, with --where node; got '0'/],
    [['--rounds', '2', '--where', 'chromium'], /--rounds: expected 1 to 999/],
    [['--pass-ms', '0'], /--pass-ms: expected 1 to 9999; got '0'/],
    [['--block-ms', '5.5'], /--block-ms: expected 1 to 9999; got '5.5'/],
    [['--pass-ms', '140', '--where', 'chromium'], /--pass-ms: expected with --where node only/],
  ]) {
    const { code, stdout, stderr } = await bench(...args);
    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.match(stderr, message);
    assert.match(stderr, /usage: npm run bench:live/);
  }
});

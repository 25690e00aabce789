// npm run bench as its users call it: a short run in Node and in Chromium, and then what can be
// done with its figures.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { kJfkText, kRoot } from '../lib/assets.mjs';
import { makeResults } from './made.mjs';

const kStages = ['A', 'B', 'C', 'D', 'F', 'G', 'H'];
// Kernels that must not be lost on the way: each that tests/bench/ops has a line for.
const kOps = [
  'gemm_q8',
  'gemm_q8 fine',
  'gemm_f32',
  'conv1d f32',
  'conv1d q8',
  'attention_f32',
  'attention_q8',
  'attend_q8',
  'layer_norm',
  'quantize_rows',
  'softmax',
  'softmax_quantize',
  'gelu',
  'log_mel',
  'resample',
  'silero',
];

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sotto-bench-'));
after(() => fs.rmSync(folder, { recursive: true }));
const file = (name) => path.join(folder, name);

function bench(...args) {
  const script = path.join(kRoot, 'scripts/bench.mjs');
  const env = { ...process.env, INIT_CWD: folder };
  return spawnSync(process.execPath, [script, ...args], { encoding: 'utf8', env });
}

function write(name, results) {
  fs.writeFileSync(file(name), JSON.stringify(results));
  return name;
}

const read = (name) => JSON.parse(fs.readFileSync(file(name), 'utf8'));

function checkStatistics(result, name) {
  for (const key of [
    'min_ms',
    'mean_ms',
    'p50_ms',
    'p95_ms',
    'p99_ms',
    'ratio',
    'ratio_p25',
    'ratio_min',
  ]) {
    assert.ok(result[key] > 0, `${name}: ${key} ${result[key]}`);
  }
  assert.ok(result.min_ms <= result.p50_ms && result.p50_ms <= result.p95_ms, name);
  assert.ok(result.runs >= 2, name);
}

function checkOps({ variant, peaks, ops }) {
  for (const [name, rate] of Object.entries(peaks)) assert.ok(rate > 0.1, `${variant}: ${name}`);
  assert.deepEqual([...new Set(ops.map(({ name }) => name))].sort(), kOps.toSorted());
  for (const op of ops) {
    const name = `${variant}: ${op.name} ${op.shape}`;
    checkStatistics(op, name);
    assert.ok(op.int8Mac + op.f32Mac > 0, name);
    // A hurried figure may be far off, but nothing runs at ten times the machine's peak.
    assert.ok(op.fraction > 0 && op.fraction < 10, `${name}: ${op.fraction}`);
  }
}

function checkStages({ variant, stages, pipeline, threads }) {
  assert.deepEqual(
    stages.map(({ id }) => id),
    kStages,
  );
  for (const stage of stages) checkStatistics(stage, `${variant}: ${stage.name}`);
  checkStatistics(pipeline, `${variant}: pipeline`);
  assert.match(pipeline.text, kJfkText);
  assert.equal(Math.round(pipeline.audio_ms), 11000);
  assert.ok(pipeline.tokens > 20 && pipeline.tokens_per_s > 1);
  assert.ok(pipeline.rtf > 0 && pipeline.peak_heap_bytes > 1e6);
  assert.ok(threads >= 1);
}

describe('a quick run', () => {
  before(() => {
    const kernels = bench('--quick', '--where', 'node', '--only', 'ops', '--json', 'ops.json');
    assert.equal(kernels.status, 0, kernels.stderr);
    const both = ['--where', 'node', '--where', 'chromium', '--variant', 'simd128'];
    const whole = bench('--quick', ...both, '--json', 'whole.json', '--csv', 'whole.csv');
    assert.equal(whole.status, 0, whole.stderr);
  });

  it('measures every kernel in every variant, against scalar', () => {
    const [{ where, variants }] = read('ops.json').places;
    assert.equal(where, 'node');
    const measured = variants.filter(({ ops }) => ops);
    const names = measured.map(({ variant }) => variant);
    for (const name of ['scalar', 'simd128', 'relaxed']) assert.ok(names.includes(name), name);
    for (const variant of measured) {
      checkOps(variant);
      for (const { speedup } of variant.ops) assert.ok(speedup > 0);
    }
    const product = measured
      .find(({ variant }) => variant === 'simd128')
      .ops.find(({ name, shape }) => name === 'gemm_q8' && shape === '1500 x 384 x 384');
    assert.ok(product.speedup > 2, `a matrix product is ${product.speedup} times scalar's`);
  });

  it('measures every stage and the whole, in Node and in Chromium', () => {
    const results = read('whole.json');
    assert.equal(results.schema, 'sotto-bench-1');
    assert.deepEqual(
      results.places.map(({ where }) => where),
      ['node', 'chromium'],
    );
    for (const { where, agent, cores, variants } of results.places) {
      assert.match(agent, where === 'node' ? /^Node \d/ : /Chrome/);
      assert.ok(cores >= 1);
      assert.equal(variants.length, 1);
      checkStages(variants[0]);
      checkOps(variants[0]);
    }
    assert.equal(results.places[1].isolated, true);
  });

  it('writes the same as comma-separated values', () => {
    const lines = fs.readFileSync(file('whole.csv'), 'utf8').trim().split('\n');
    const [{ variants }] = read('whole.json').places;
    assert.equal(lines.length, 1 + 2 * (kStages.length + 1 + variants[0].ops.length));
    assert.equal(lines.filter((line) => line.startsWith('chromium,simd128,stage,')).length, 7);
  });

  it('finds itself no slower than itself', () => {
    const { status, stdout, stderr } = bench(
      ...['--from', 'whole.json', '--compare', 'whole.json', '--check'],
    );
    assert.equal(status, 0, stderr);
    assert.match(stdout, /chromium\/simd128\/G encode .* \+0 %/);
  });

  it('projects its figures, and says how far off that may be', () => {
    const { status, stdout } = bench('--from', 'whole.json', '--simulate', 'apple-m1');
    assert.equal(status, 0);
    assert.match(stdout, /this machine, measured +simd128/);
    assert.match(stdout, /Apple M1 +simd128/);
    assert.match(stdout, /the error is unknown: it takes two variants/);
  });
});

describe('made results', () => {
  const check = (now, was) =>
    bench('--from', write('now.json', now), '--compare', write('was.json', was), '--check');

  it('pass where nothing is slower', () => {
    assert.equal(check(makeResults(), makeResults()).status, 0);
    assert.equal(check(makeResults({ slower: 0.5 }), makeResults()).status, 0);
  });

  it('fail where components are slower, and say which', () => {
    const { status, stderr } = check(makeResults({ slower: 1.3 }), makeResults());
    assert.equal(status, 1);
    assert.match(stderr, /slower: node\/simd128\/G g: \+30 %/);
    assert.match(stderr, /warning: node\/simd128\/pipeline: \+30 %/);
  });

  it('are shown, without a verdict, where none is asked for', () => {
    write('now.json', makeResults({ slower: 1.3 }));
    write('was.json', makeResults());
    const { status, stdout } = bench('--from', 'now.json', '--compare', 'was.json');
    assert.equal(status, 0);
    assert.match(stdout, /G g +500 +650 +\+30 %/);
  });

  it('go to standard output alone when asked to', () => {
    write('now.json', makeResults());
    const { stdout } = bench('--from', 'now.json', '--json', '-');
    assert.deepEqual(JSON.parse(stdout), makeResults());
  });
});

describe('arguments that make no sense', () => {
  const cases = [
    [['--where', 'safari'], /--where: expected node or chromium, got 'safari'/],
    [['--variant', 'avx'], /--variant: expected .*simd128.*, got 'avx'/],
    [['--only', 'all'], /--only: expected stages or ops/],
    [['--window', 'half'], /--window: expected auto or full/],
    [['--threads', '0'], /--threads: expected a number from 1/],
    [['--check'], /--check: expected --compare/],
    [['--simulate', 'cray-1'], /--simulate cray-1: expected/],
    [['--frobnicate'], /frobnicate/],
    [['--from', 'nowhere.json'], /nowhere\.json: expected results/],
  ];
  for (const [args, message] of cases) {
    it(args.join(' '), () => {
      const { status, stderr } = bench(...args);
      assert.equal(status, 1);
      assert.match(stderr, message);
    });
  }

  it('results of another shape', () => {
    const name = write('other.json', { ...makeResults(), schema: 'sotto-bench-0' });
    const { status, stderr } = bench('--from', name);
    assert.equal(status, 1);
    assert.match(stderr, /expected schema sotto-bench-1, got sotto-bench-0/);
  });
});

// When enough was measured, and what is made of it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { importSource } from '../lib/source.mjs';

const { fullPlan, isEnough, quickPlan, sampleAll, summarize, variation } = await importSource(
  'tests/bench/measure/statistics.ts',
);
const { floor_ms } = await importSource('tests/bench/measure/roofline.ts');

const samples = (times) => times.map((ms) => ({ ms, calibration_ms: 2 }));
const near = (actual, expected) => assert.ok(Math.abs(actual - expected) < 1e-9, `${actual}`);

describe('summarize', () => {
  it('gives percentiles, mean and variation of times in any order', () => {
    const times = Array.from({ length: 100 }, (_, i) => ((i * 37) % 100) + 1);
    const result = summarize(samples(times));
    assert.equal(result.runs, 100);
    assert.equal(result.min_ms, 1);
    near(result.mean_ms, 50.5);
    assert.equal(result.p50_ms, 50.5);
    near(result.p95_ms, 95.05);
    near(result.p99_ms, 99.01);
    // The standard deviation of 1 to 100, with n - 1.
    near(result.cv, Math.sqrt((100 * 101) / 12) / 50.5);
    near(result.ratio, 25.25);
    near(result.ratio_p25, 25.75 / 2);
    near(result.ratio_min, 0.5);
  });

  it('divides each time by the calibration of its own moment', () => {
    // Twice as slow, all of it: the machine, not the code.
    const busy = [
      { ms: 10, calibration_ms: 1 },
      { ms: 20, calibration_ms: 2 },
      { ms: 10, calibration_ms: 1 },
    ];
    assert.equal(summarize(busy).ratio, 10);
    assert.equal(summarize(busy).ratio_min, 10);
    assert.equal(summarize(busy).p50_ms, 10);
  });

  it('takes one sample, and refuses none', () => {
    assert.equal(summarize(samples([3])).p99_ms, 3);
    assert.equal(summarize(samples([3])).cv, 0);
    assert.throws(() => summarize([]), RangeError);
  });
});

describe('variation', () => {
  it('is the standard deviation over the mean', () => {
    near(variation([9, 11]), Math.SQRT2 / 10);
    assert.equal(variation([5]), 0);
    assert.equal(variation([0, 0]), 0);
  });
});

describe('isEnough', () => {
  const steady = samples(Array(10).fill(5));
  const restless = samples([1, 9, 1, 9, 1, 9, 1, 9, 1, 9]);

  it('asks for ten runs', () => {
    assert.equal(isEnough([steady.slice(1)], 0, fullPlan), false);
    assert.equal(isEnough([steady], 0, fullPlan), true);
  });

  it('goes on while one component varies by 10 % or more', () => {
    assert.equal(isEnough([steady, restless], 0, fullPlan), false);
    assert.equal(variation([9, 10.4]) < 0.1, false);
    const nearly = samples([9, 10.2, 9, 10.2, 9, 10.2, 9, 10.2, 9, 10.2]);
    assert.equal(isEnough([nearly], 0, fullPlan), true);
  });

  it('ends after a hundred runs or two minutes', () => {
    const hundred = samples(Array.from({ length: 100 }, (_, i) => (i % 2 ? 1 : 9)));
    assert.equal(isEnough([hundred.slice(1)], 0, fullPlan), false);
    assert.equal(isEnough([hundred], 0, fullPlan), true);
    assert.equal(isEnough([restless], 120_000, fullPlan), true);
    assert.equal(isEnough([restless.slice(1)], 120_000, fullPlan), false);
  });
});

describe('sampleAll', () => {
  it('warms up five times and then counts', async () => {
    let runs = 0;
    const seen = [];
    const run = async () => [
      { ms: ++runs <= 5 ? 1000 : 5, calibration_ms: 1 },
      { ms: 7, calibration_ms: 1 },
    ];
    const columns = await sampleAll(run, fullPlan, (so_far) => seen.push(so_far[0].length));
    assert.equal(runs, 15);
    assert.deepEqual(
      columns.map((column) => column.length),
      [10, 10],
    );
    assert.equal(summarize(columns[0]).p99_ms, 5);
    assert.deepEqual(seen, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('goes on to a hundred where times vary', async () => {
    let runs = 0;
    const run = async () => [{ ms: ++runs % 2 ? 1 : 9, calibration_ms: 1 }];
    const [column] = await sampleAll(run, fullPlan);
    assert.equal(column.length, 100);
  });

  it('is brief when asked to be quick', async () => {
    let runs = 0;
    const [column] = await sampleAll(
      async () => [{ ms: 10 ** runs++, calibration_ms: 1 }],
      quickPlan,
    );
    assert.equal(column.length, quickPlan.maxRuns);
  });
});

describe('the roofline', () => {
  const peaks = { int8_gmac_s: 30, f32_gmac_s: 10, memory_gb_s: 20, clock_ghz: 3 };
  const work = { int8Mac: 0, f32Mac: 0, memoryBytes: 0 };

  it('is bound by arithmetic or by memory', () => {
    near(floor_ms({ ...work, int8Mac: 30e6 }, peaks), 1);
    near(floor_ms({ ...work, int8Mac: 30e6, f32Mac: 20e6 }, peaks), 3);
    near(floor_ms({ ...work, int8Mac: 30e6, memoryBytes: 20e6 }, peaks), 1);
    near(floor_ms({ ...work, int8Mac: 30e6, memoryBytes: 100e6 }, peaks), 5);
  });
});

// What is done with results: comparing, checking, projecting, writing them down.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { confirm } from '../../scripts/lib/bench/again.mjs';
import { check, compare } from '../../scripts/lib/bench/check.mjs';
import { describe as describeResults, toCsv } from '../../scripts/lib/bench/report.mjs';
import {
  kHardware,
  parseHardware,
  projectionErrors,
  projectStages,
  scaledPeaks,
} from '../../scripts/lib/bench/simulate.mjs';
import { importSource } from '../lib/source.mjs';
import { makeResults, op, statistics } from './made.mjs';

const { floor_ms } = await importSource('tests/bench/measure/roofline.ts');

const variantOf = (results) => results.places[0].variants[0];
const judged = (now, was) => check(now, compare(now, was));

function withStage(id, change) {
  const results = makeResults();
  const { stages } = variantOf(results);
  Object.assign(
    stages.find((stage) => stage.id === id),
    change,
  );
  return results;
}

describe('check', () => {
  const baseline = makeResults();

  it('passes what is the same', () => {
    assert.deepEqual(judged(makeResults(), baseline), { failures: [], warnings: [] });
  });

  it('passes a component that is 19 % slower and fails one that is 21 % slower', () => {
    assert.deepEqual(judged(withStage('F', statistics(4 * 1.19)), baseline).failures, []);
    const { failures } = judged(withStage('F', statistics(4 * 1.21)), baseline);
    assert.equal(failures.length, 1);
    assert.match(failures[0], /node\/simd128\/F f: \+21 %/);
  });

  it('fails a kernel that is slower, too', () => {
    const ops = variantOf(makeResults()).ops.map((one) =>
      one.name === 'gelu' ? { ...one, ...statistics(2) } : one,
    );
    const { failures } = judged(makeResults({ variant: { ops } }), baseline);
    assert.equal(failures.length, 1);
    assert.match(failures[0], /gelu 8 x 8: \+100 %/);
  });

  it('looks at times over the calibration kernel only', () => {
    // Three times as long, on a machine that is three times as slow.
    const slow = withStage('G', statistics(1500, 250));
    assert.deepEqual(judged(slow, baseline).failures, []);
    // As long as before, on a machine that is twice as fast.
    assert.equal(judged(withStage('G', statistics(500, 500)), baseline).failures.length, 1);
  });

  it('is not misled by a disturbance that spares the quicker runs', () => {
    const disturbed = withStage('G', { ...statistics(500), ratio: 400 });
    assert.deepEqual(judged(disturbed, baseline).failures, []);
    const almostAll = withStage('G', { ...statistics(900), ratio_min: 240 });
    assert.deepEqual(judged(almostAll, baseline).failures, []);
  });

  it('warns of a pipeline that is 11 % slower, and not of one that is 9 % slower', () => {
    const pipeline = (factor) => ({
      variant: { pipeline: { ...variantOf(baseline).pipeline, ...statistics(610 * factor) } },
    });
    const { failures, warnings } = judged(makeResults(pipeline(1.11)), baseline);
    assert.deepEqual(failures, []);
    assert.match(warnings.join(), /pipeline: \+11 %/);
    assert.deepEqual(judged(makeResults(pipeline(1.09)), baseline).warnings, []);
    assert.deepEqual(judged(makeResults(pipeline(2)), baseline).failures, []);
  });

  it('warns of a heap of more than 150 MB', () => {
    const heap = (peak_heap_bytes) =>
      makeResults({ variant: { pipeline: { ...variantOf(baseline).pipeline, peak_heap_bytes } } });
    assert.match(judged(heap(151e6), baseline).warnings.join(), /151 MB/);
    assert.deepEqual(judged(heap(149e6), baseline).warnings, []);
  });

  it('fails where a component is gone, or nothing can be compared', () => {
    const fewer = makeResults({ variant: { ops: variantOf(baseline).ops.slice(1) } });
    assert.match(judged(fewer, baseline).failures.join(), /gemm_q8 8 x 8: in the baseline/);
    const other = makeResults({ variant: { variant: 'relaxed' } });
    assert.match(judged(other, baseline).failures.join(), /nothing in common/);
  });

  it('does not miss what was left out as a whole', () => {
    const opsOnly = makeResults({ variant: { stages: undefined, pipeline: undefined } });
    assert.deepEqual(judged(opsOnly, baseline).failures, []);
    assert.equal(compare(opsOnly, baseline).rows.length, 4);
  });

  it('does not compare what has another flavour, window or number of threads', () => {
    const cases = [
      [{ variant: { flavour: 'signed' } }, /another kind of processor \(wide then, signed now\)/],
      [{ place: { encoderWindow: 'full' } }, /window was 'auto' then, 'full' now/],
      [{ variant: { threads: 2 } }, /1 threads then, 2 now/],
    ];
    for (const [change, reason] of cases) {
      const { failures, warnings } = judged(makeResults({ ...change, slower: 5 }), baseline);
      assert.match(warnings.join(), reason);
      assert.equal(failures.length, 1);
      assert.match(failures[0], /nothing in common/);
    }
  });
});

describe('confirm', () => {
  const baseline = makeResults();
  const busy = () => withStage('G', statistics(900));

  it('measures only what seems slower, and takes the better figures', async () => {
    const asked = [];
    const results = await confirm(busy(), baseline, async (...job) => {
      asked.push(job);
      return variantOf(withStage('F', statistics(40)));
    });
    assert.deepEqual(asked, [['node', 'simd128', ['stages']]]);
    const { stages } = variantOf(results);
    assert.equal(stages.find(({ id }) => id === 'G').p50_ms, 500);
    assert.equal(stages.find(({ id }) => id === 'F').p50_ms, 4);
    assert.deepEqual(judged(results, baseline).failures, []);
  });

  it('gives up after two more times', async () => {
    let times = 0;
    const results = await confirm(busy(), baseline, async () => {
      times++;
      return variantOf(busy());
    });
    assert.equal(times, 2);
    assert.equal(judged(results, baseline).failures.length, 1);
  });

  it('measures kernels again without the stages, and nothing where all is well', async () => {
    const asked = [];
    const ops = variantOf(baseline).ops.map((one) => ({ ...one, ...statistics(99) }));
    const measure = async (...job) => {
      asked.push(job);
      return variantOf(makeResults({ variant: { stages: undefined, pipeline: undefined } }));
    };
    const results = await confirm(makeResults({ variant: { ops } }), baseline, measure);
    assert.deepEqual(asked, [['node', 'simd128', ['ops']]]);
    assert.equal(variantOf(results).stages.length, 7);
    assert.equal(variantOf(results).ops[0].p50_ms, 10);
    asked.length = 0;
    assert.deepEqual(await confirm(baseline, baseline, measure), baseline);
    assert.deepEqual(asked, []);
  });
});

describe('projection', () => {
  const result = variantOf(makeResults());

  it('changes nothing for the same peaks', () => {
    const times = projectStages(result, result.peaks, floor_ms);
    for (const { id, p50_ms } of result.stages) assert.ok(Math.abs(times[id] - p50_ms) < 1e-9, id);
  });

  it('takes a stage by what its kernels are bound by', () => {
    const there = { ...result.peaks, int8_gmac_s: 60 };
    const times = projectStages(result, there, floor_ms);
    // 40 x 10 ms of int8 become half, 4 x 1 ms of floats stay.
    assert.ok(Math.abs(times.G / 500 - (200 + 4) / 404) < 1e-9);
    assert.ok(Math.abs(times.H - 50) < 1e-9);
    assert.equal(times.F, 4);
    const slowMemory = { ...result.peaks, memory_gb_s: 5 };
    assert.equal(projectStages(result, slowMemory, floor_ms).A, 400);
    assert.equal(projectStages(result, slowMemory, floor_ms).B, 1);
  });

  it('scales peaks by lanes and clock, and relaxed SIMD by its product', () => {
    const twice = { name: 'x', lanes: 16, ghz: 3, gbps: 40, flavour: 'pair-saturating' };
    const wide = scaledPeaks(result.peaks, 'wide', twice);
    assert.deepEqual(wide, { int8_gmac_s: 60, f32_gmac_s: 30, memory_gb_s: 40, clock_ghz: 3 });
    assert.equal(scaledPeaks(result.peaks, 'unsigned', twice).int8_gmac_s, 20);
    const back = scaledPeaks(result.peaks, 'pair-saturating', { ...twice, flavour: 'signed' });
    assert.equal(back.int8_gmac_s, 180);
  });

  it('states its error by projecting one variant from another', () => {
    // The other one does int8 twice as fast, and its gemm takes a tenth longer than half.
    const other = {
      ...structuredClone(result),
      variant: 'relaxed',
      peaks: { ...result.peaks, int8_gmac_s: 60 },
      ops: [
        op('gemm_q8', 5.5, { int8Mac: 200e6, encoderRuns: 40, tokenRuns: 1 }),
        ...result.ops.slice(1),
      ],
    };
    const errors = projectionErrors({ variants: [result, other] }, floor_ms);
    assert.deepEqual(
      errors.map(({ from, to }) => `${from} ${to}`),
      ['simd128 relaxed', 'relaxed simd128'],
    );
    const [forth] = errors;
    assert.ok(Math.abs(forth.encode - ((500 * 204) / 404 / 500 - 1)) < 1e-9);
    assert.ok(Math.abs(forth.decode - (50 / 100 - 1)) < 1e-9);
    assert.ok(forth.ops >= 0 && forth.ops < 0.1);
  });

  it('reads names and figures of hardware, and refuses others', () => {
    assert.equal(parseHardware('all').length, Object.keys(kHardware).length);
    assert.equal(parseHardware('apple-m1')[0].name, 'Apple M1');
    const [given] = parseHardware('lanes=8,ghz=2.5,gbps=12,flavour=signed');
    assert.deepEqual(
      { lanes: given.lanes, ghz: given.ghz, gbps: given.gbps, flavour: given.flavour },
      { lanes: 8, ghz: 2.5, gbps: 12, flavour: 'signed' },
    );
    const wrong = ['', 'lanes=8', 'lanes=8,ghz=0,gbps=2', 'lanes=8,ghz=1,gbps=2,flavour=odd'];
    for (const text of [...wrong, 'lanes=8,ghz=1,gbps=2,cores=4', 'constructor']) {
      assert.throws(() => parseHardware(text), { name: 'SetupError' }, text);
    }
  });
});

describe('results as text', () => {
  it('has a line of comma-separated values for each component', () => {
    const agent = 'simd128, "quoted"';
    const lines = toCsv(makeResults({ variant: { variant: agent } }))
      .trim()
      .split('\n');
    assert.equal(lines.length, 1 + 7 + 1 + 4);
    assert.match(lines[0], /^where,variant,kind,name,runs,min_ms,.*,peak_heap_bytes$/);
    assert.ok(lines[1].startsWith('node,"simd128, ""quoted""",stage,A a,10,90,100,'));
  });

  it('names what was skipped and why', () => {
    const skipped = { variant: 'relaxed', skipped: 'no relaxed SIMD' };
    const lines = describeResults(makeResults({ place: { variants: [skipped] } }));
    assert.match(lines.join('\n'), /relaxed: skipped: no relaxed SIMD/);
  });
});

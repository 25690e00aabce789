// Results as text, for people.
import { stringify } from 'csv-stringify/sync';
import { components } from './components.mjs';
import { projectionErrors, projectStages, scaledPeaks } from './simulate.mjs';

/** 0.01234 -> '0.0123', 12.345 -> '12.3', 1234.5 -> '1235'. */
export const short = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
const percent = (share) => `${(share * 100).toFixed(0)} %`;
const signed = (share) => `${share < 0 ? '-' : '+'}${percent(Math.abs(share))}`;

/** Rows of cells as lines; the first column is text, the others are numbers. */
export function table(rows) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => String(row[i]).length)));
  return rows.map((row) => {
    const cells = row.map((cell, i) =>
      i === 0 ? String(cell).padEnd(widths[i]) : String(cell).padStart(widths[i]),
    );
    return `  ${cells.join('  ')}`.trimEnd();
  });
}

const spread = ({ p50_ms, p95_ms, p99_ms, cv, runs }) => [
  ...[p50_ms, p95_ms, p99_ms].map(short),
  percent(cv),
  runs,
];

function stageLines({ stages = [], pipeline }) {
  if (!pipeline) return [];
  const { rtf, tokens_per_s, peak_heap_bytes } = pipeline;
  const figures = [
    `RTF ${rtf.toFixed(3)}`,
    `${tokens_per_s.toFixed(0)} tokens/s`,
    `heap ${(peak_heap_bytes / 1e6).toFixed(0)} MB`,
  ];
  return [
    ...table([
      ['stage', 'P50 ms', 'P95', 'P99', 'CV', 'runs'],
      ...stages.map((stage) => [`${stage.id} ${stage.name}`, ...spread(stage)]),
      ['pipeline', ...spread(pipeline)],
    ]),
    `  ${figures.join(', ')}`,
  ];
}

function opLines({ ops, peaks }) {
  if (!ops) return [];
  const rate = ({ int8Mac, f32Mac, p50_ms }) => (int8Mac + f32Mac) / p50_ms / 1e6;
  return [
    `  peaks of a core: int8 ${short(peaks.int8_gmac_s)} GMAC/s, f32 ${short(peaks.f32_gmac_s)}, ` +
      `memory ${short(peaks.memory_gb_s)} GB/s, clock about ${peaks.clock_ghz.toFixed(1)} GHz`,
    ...table([
      ['op', 'P50 ms', 'P95', 'P99', 'CV', 'runs', 'G/s', 'of peak', 'scalar x'],
      ...ops.map((op) => [
        `${op.name} ${op.shape}`,
        ...spread(op),
        short(rate(op)),
        percent(op.fraction),
        op.speedup === undefined ? '-' : op.speedup.toFixed(1),
      ]),
    ]),
  ];
}

/** What was measured, as lines. */
export function describe({ places }) {
  const lines = [];
  for (const { where, agent, cores, isolated, encoderWindow, quick, variants } of places) {
    const what = quick ? 'quick: rough figures' : `window ${encoderWindow}`;
    const page = isolated ? ', isolated' : '';
    lines.push('', `${where}: ${agent}, ${cores} cores${page}; ${what}`);
    for (const result of variants) {
      const { variant, flavour, threads, skipped } = result;
      const threadText = threads === undefined ? '' : `, threads ${threads}`;
      const about = skipped ? `skipped: ${skipped}` : `int8 product ${flavour}${threadText}`;
      lines.push('', `${where} ${variant}: ${about}`, ...stageLines(result), ...opLines(result));
    }
  }
  return lines;
}

/** A comparison, as lines: what changed most comes first. */
export function describeComparison({ rows, missing }) {
  const sorted = rows.toSorted((a, b) => b.change - a.change);
  return [
    '',
    'against the baseline, as multiples of the calibration kernel:',
    ...table([
      ['component', 'then ms', 'now ms', 'change'],
      ...sorted.map(({ key, was_ms, now_ms, change }) => [
        key,
        short(was_ms),
        short(now_ms),
        signed(change - 1),
      ]),
    ]),
    ...missing.map((key) => `  ${key} was measured then, and not now`),
  ];
}

/** Other hardware, as lines. */
export function describeSimulation({ places }, hardware, floor_ms) {
  const lines = [];
  for (const place of places) {
    const measured = place.variants.filter(({ ops, stages }) => ops && stages);
    if (measured.length === 0) continue;
    lines.push('', `${place.where}: projected to other hardware by a roofline, one thread`);
    const row = (name, variant, times, audio_ms) => {
      const ids = ['A', 'C', 'D', 'F', 'G', 'H'];
      const work_ms = ['D', 'F', 'G', 'H'].reduce((sum, id) => sum + times[id], 0);
      return [name, variant, ...ids.map((id) => short(times[id])), (work_ms / audio_ms).toFixed(3)];
    };
    const rows = [['hardware', 'variant', 'A ms', 'C', 'D', 'F', 'G', 'H', 'RTF']];
    for (const result of measured) {
      const { variant, stages, pipeline, peaks, flavour } = result;
      const here = Object.fromEntries(stages.map(({ id, p50_ms }) => [id, p50_ms]));
      rows.push(row('this machine, measured', variant, here, pipeline.audio_ms));
      for (const one of hardware) {
        const there = scaledPeaks(peaks, flavour, one);
        const times = projectStages(result, there, floor_ms);
        rows.push(row(one.name, variant, times, pipeline.audio_ms));
      }
    }
    lines.push(...table(rows));
    const errors = projectionErrors(place, floor_ms);
    if (errors.length === 0) {
      lines.push('  the error is unknown: it takes two variants, one projected from the other');
      continue;
    }
    lines.push('  error of the projection, one variant of this machine from another:');
    lines.push(
      ...table([
        ['from', 'to', 'ops, median', 'encode', 'decode'],
        ...errors.map(({ from, to, ops, encode, decode }) => [
          from,
          to,
          percent(ops),
          signed(encode),
          signed(decode),
        ]),
      ]),
    );
  }
  return lines;
}

/** Every component as a line of comma-separated values. */
export function toCsv(results) {
  const columns = ['runs', 'min_ms', 'mean_ms', 'p50_ms', 'p95_ms', 'p99_ms', 'cv', 'ratio'];
  const extra = ['fraction', 'speedup', 'rtf', 'tokens_per_s', 'peak_heap_bytes'];
  const records = components(results).map(({ where, variant, kind, name, result }) => [
    where,
    variant,
    kind,
    name,
    ...[...columns, ...extra].map((column) => result[column] ?? ''),
  ]);
  return stringify([['where', 'variant', 'kind', 'name', ...columns, ...extra], ...records]);
}

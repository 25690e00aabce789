// The figures behind the bars.
import type { PlaceResult, VariantResult } from '../../../tests/bench/measure/index.js';
import { megabytes } from '../../shared/dom.js';

function fill(table: HTMLTableElement, head: string[], rows: string[][]): void {
  const row = (cells: string[], tag: 'th' | 'td') => {
    const line = document.createElement('tr');
    cells.forEach((text, i) => {
      const cell = document.createElement(i === 0 ? 'th' : tag);
      cell.textContent = text;
      if (tag === 'th') cell.scope = 'col';
      else if (i === 0) cell.scope = 'row';
      line.append(cell);
    });
    return line;
  };
  const header = document.createElement('thead');
  header.append(row(head, 'th'));
  const body = document.createElement('tbody');
  body.append(...rows.map((cells) => row(cells, 'td')));
  table.replaceChildren(header, body);
  table.hidden = rows.length === 0;
}

const short = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
const percent = (share: number) => `${(share * 100).toFixed(0)} %`;

const measured = ({ variants }: PlaceResult, part: 'stages' | 'ops' | 'pipeline') =>
  variants.filter((variant) => variant[part]);

/** A line a build: the whole. */
export function fillSummary(table: HTMLTableElement, result: PlaceResult): void {
  const rows = measured(result, 'pipeline').map(({ variant, threads, flavour, pipeline }) => [
    variant,
    String(threads ?? 1),
    flavour ?? '',
    `${short(pipeline?.p50_ms ?? 0)} ms`,
    (pipeline?.rtf ?? 0).toFixed(3),
    (pipeline?.tokens_per_s ?? 0).toFixed(0),
    megabytes(pipeline?.peak_heap_bytes ?? 0),
  ]);
  const head = ['Build', 'Threads', 'int8 product', 'Clip of 11 s', 'RTF', 'Tokens/s', 'Memory'];
  fill(table, head, rows);
}

/** A line a stage: median and spread in each build. */
export function fillStages(table: HTMLTableElement, result: PlaceResult): void {
  const variants = measured(result, 'stages');
  const cell = (variant: VariantResult, id: string) => {
    const stage = variant.stages?.find((one) => one.id === id);
    return stage ? `${short(stage.p50_ms)} (${short(stage.p95_ms)})` : '';
  };
  const rows = (variants[0]?.stages ?? []).map(({ id, name }) => [
    `${id} ${name}`,
    ...variants.map((variant) => cell(variant, id)),
  ]);
  fill(table, ['P50 (P95), ms', ...variants.map(({ variant }) => variant)], rows);
}

/** A line a kernel: median, share of what the machine can do, speed-up. */
export function fillOps(table: HTMLTableElement, result: PlaceResult): void {
  const variants = measured(result, 'ops');
  const cell = (variant: VariantResult, name: string) => {
    const op = variant.ops?.find((one) => `${one.name} ${one.shape}` === name);
    return op ? `${short(op.p50_ms)} (${percent(op.fraction)})` : '';
  };
  const names = (variants[0]?.ops ?? []).map(({ name, shape }) => `${name} ${shape}`);
  const rows = names.map((name) => [name, ...variants.map((variant) => cell(variant, name))]);
  fill(table, ['P50, ms (of the peak)', ...variants.map(({ variant }) => variant)], rows);
}

// The page: says what this browser can do, runs the benchmark, shows what came out.
import * as sotto from 'sotto';
import type { BenchEvent, BenchOptions, PlaceResult } from '../../../tests/bench/measure/index.js';
import { measure, schema, whyNot } from '../../../tests/bench/measure/index.js';
import { byId, figure, saveAs } from '../../shared/dom.js';
import { drawOps, drawStages } from './charts.js';
import { kClip, thisPage } from './place.js';
import { fillOps, fillStages, fillSummary } from './tables.js';

const quick = byId<HTMLButtonElement>('quick');
const full = byId<HTMLButtonElement>('full');
const cancel = byId<HTMLButtonElement>('cancel');
const progress = byId('progress');
const problem = byId('problem');
const results = byId('results');

let job: AbortController | undefined;
let last: PlaceResult | undefined;

// A build that can be chosen, or the reason why it cannot run here.
function buildChoice(variant: string, reason: string | undefined): HTMLElement {
  const box = document.createElement('input');
  box.type = 'checkbox';
  box.name = 'variant';
  box.value = variant;
  box.checked = reason === undefined;
  box.disabled = reason !== undefined;
  const label = document.createElement('label');
  label.append(box, ` ${variant}`);
  const item = document.createElement('li');
  item.append(label);
  if (reason !== undefined) {
    const why = document.createElement('small');
    why.textContent = reason;
    item.append(why);
  }
  return item;
}

// Edge calls itself Chrome, too, and names itself after that.
function browserName(): string {
  const pattern = /(Edg|Firefox|Version)\/(\d+)/.test(navigator.userAgent)
    ? /(Edg|Firefox|Version)\/(\d+)/
    : /(Chrome)\/(\d+)/;
  const [, name, version] = pattern.exec(navigator.userAgent) ?? [];
  const names: Record<string, string> = { Edg: 'Edge', Version: 'Safari' };
  return name === undefined ? 'unknown' : `${names[name] ?? name} ${version}`;
}

async function detect(): Promise<void> {
  const best = await sotto.pickVariant('auto');
  const items: HTMLElement[] = [];
  for (const variant of sotto.variantNames) {
    items.push(buildChoice(variant, await whyNot(sotto, variant)));
  }
  byId('builds').replaceChildren(...items);
  const ops = await thisPage().loadOps(best.replace(/-mt$/, ''));
  const threads = best.endsWith('-mt') ? `up to ${navigator.hardwareConcurrency}` : '1';
  byId('found').replaceChildren(
    figure('Browser', browserName()),
    figure('Best build', best),
    figure('int8 product', ops.flavour()),
    figure('Threads', threads),
    figure('Processors', String(navigator.hardwareConcurrency)),
    figure('Isolated', crossOriginIsolated ? 'yes' : 'no'),
  );
  quick.disabled = false;
  full.disabled = false;
}

function showEvent(event: BenchEvent): void {
  const label = byId('progress-label');
  const value = byId('progress-value');
  if (event.type === 'sample') {
    label.textContent = `${event.variant}: ${event.name}`;
    value.textContent = `${event.p50_ms.toPrecision(3)} ms, run ${event.runs}`;
  } else if (event.type === 'variant') {
    label.textContent = event.variant;
    value.textContent = '';
  }
}

function showResults(result: PlaceResult): void {
  last = result;
  results.hidden = false;
  fillSummary(byId<HTMLTableElement>('summary'), result);
  fillStages(byId<HTMLTableElement>('stages'), result);
  fillOps(byId<HTMLTableElement>('ops'), result);
  drawStages(byId('stages-chart'), result);
  drawOps(byId('ops-chart'), result);
  byId('announcer').textContent = 'The benchmark is done';
  byId('results-title').focus({ preventScroll: true });
}

function setRunning(running: boolean): void {
  quick.hidden = running;
  full.hidden = running;
  cancel.hidden = !running;
  progress.hidden = !running;
  byId<HTMLFieldSetElement>('builds-group').disabled = running;
}

async function run(isQuick: boolean): Promise<void> {
  const mine = new AbortController();
  job = mine;
  problem.hidden = true;
  const chosen = [...document.querySelectorAll<HTMLInputElement>('[name=variant]:checked')];
  const variants = chosen.map(({ value }) => value);
  setRunning(true);
  cancel.focus();
  try {
    showResults(
      await measure(thisPage(), { quick: isQuick, variants, signal: mine.signal }, showEvent),
    );
  } catch (error) {
    if (!mine.signal.aborted) {
      byId('problem-text').textContent = error instanceof Error ? error.message : String(error);
      problem.hidden = false;
    }
  }
  // Hiding a button takes the keyboard's place with it.
  const wasFocused = document.activeElement === cancel;
  setRunning(false);
  if (wasFocused) quick.focus();
}

// The form that `npm run bench -- --from` takes.
function save(): void {
  if (!last) return;
  const saved = { schema, date: new Date().toISOString(), clip: kClip, places: [last] };
  saveAs(JSON.stringify(saved, null, 2), 'application/json', 'sotto-bench.json');
}

quick.addEventListener('click', () => void run(true));
full.addEventListener('click', () => void run(false));
cancel.addEventListener('click', () => job?.abort());
byId('save').addEventListener('click', save);

interface Job {
  clip: string;
  model: string;
  options: BenchOptions;
}

// `npm run bench` drives the page by this.
const sottoBench = {
  measure: ({ clip, model, options }: Job, onEvent: (event: BenchEvent) => void) =>
    measure(thisPage(clip, model), options, onEvent),
};
Object.assign(globalThis, { sottoBench });

detect().catch((error: unknown) => {
  byId('problem-text').textContent = error instanceof Error ? error.message : String(error);
  problem.hidden = false;
});

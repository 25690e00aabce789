// Bars, in the page's colours.
import type { ChartDataset } from 'chart.js';
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  Legend,
  LinearScale,
  LogarithmicScale,
  Tooltip,
} from 'chart.js';
import type { PlaceResult, VariantResult } from '../../../tests/bench/measure/index.js';

Chart.register(
  BarController,
  BarElement,
  CategoryScale,
  LinearScale,
  LogarithmicScale,
  Legend,
  Tooltip,
);

// Height of a bar with its share of the space around it.
const kBar_px = 15;
const kAround_px = 70;

const style = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name);

// A colour for each build that stays the same whichever others are shown.
const colourNames = ['scalar', 'simd128', 'relaxed', 'simd128-mt', 'relaxed-mt'];
const colourOf = (variant: string) => {
  const index = Math.max(0, colourNames.indexOf(variant));
  return style(`--series-${index}`);
};

// Where pages are narrow, names stand in two lines.
const narrow = matchMedia('(max-width: 560px)');
const dark = matchMedia('(prefers-color-scheme: dark)');

interface Label {
  name: string;
  detail: string;
}

interface Bars {
  labels: Label[];
  series: { variant: string; values: (number | null)[] }[];
  axis: { type: 'linear' | 'logarithmic'; min: number };
  unit: string;
}

const drawn = new WeakMap<HTMLElement, () => void>();

function draw(frame: HTMLElement, { labels, series, axis, unit }: Bars): void {
  const canvas = frame.querySelector('canvas');
  if (!canvas) return;
  Chart.getChart(canvas)?.destroy();
  frame.hidden = labels.length === 0;
  const perLabel_px = Math.max(narrow.matches ? 30 : 0, series.length * kBar_px + 10);
  frame.style.height = `${labels.length * perLabel_px + kAround_px}px`;
  const [ink, line] = [style('--ink-soft'), style('--line')];
  const texts = labels.map(({ name, detail }) =>
    narrow.matches ? [name, detail] : `${name} ${detail}`,
  );
  const datasets: ChartDataset<'bar', (number | null)[]>[] = series.map(({ variant, values }) => ({
    label: variant,
    data: values,
    backgroundColor: colourOf(variant),
    borderRadius: 3,
  }));
  const ticks = { color: ink, font: { family: style('--font') } };
  new Chart(canvas, {
    type: 'bar',
    data: { labels: texts, datasets },
    options: {
      indexAxis: 'y',
      animation: false,
      maintainAspectRatio: false,
      scales: {
        x: {
          ...axis,
          title: { display: true, text: unit, color: ink },
          grid: { color: line },
          ticks: { ...ticks, maxTicksLimit: 8, maxRotation: 0 },
        },
        y: { grid: { display: false }, ticks: { ...ticks, autoSkip: false } },
      },
      plugins: { legend: { labels: { color: ink } } },
    },
  });
}

// Draws, and draws again when the page turns dark, light, narrow or wide.
function show(frame: HTMLElement, bars: Bars): void {
  const before = drawn.get(frame);
  const again = () => draw(frame, bars);
  drawn.set(frame, again);
  for (const query of [dark, narrow]) {
    if (before) query.removeEventListener('change', before);
    query.addEventListener('change', again);
  }
  again();
}

const measured = ({ variants }: PlaceResult, part: 'stages' | 'ops') =>
  variants.filter((variant) => variant[part]);

/** A group of bars for each stage. */
export function drawStages(frame: HTMLElement, result: PlaceResult): void {
  const variants = measured(result, 'stages');
  const stages = variants[0]?.stages ?? [];
  const timeOf = (variant: VariantResult, id: string) =>
    variant.stages?.find((stage) => stage.id === id)?.p50_ms ?? null;
  show(frame, {
    labels: stages.map(({ id, name }) => ({ name: id, detail: name })),
    series: variants.map((variant) => ({
      variant: variant.variant,
      values: stages.map(({ id }) => timeOf(variant, id)),
    })),
    // What takes less than a tenth of a millisecond does not matter to anyone.
    axis: { type: 'logarithmic', min: 0.1 },
    unit: 'milliseconds',
  });
}

/** A group of bars for each kernel: how many times faster than scalar. */
export function drawOps(frame: HTMLElement, result: PlaceResult): void {
  const variants = measured(result, 'ops').filter(({ variant }) => variant !== 'scalar');
  const ops = (variants[0]?.ops ?? []).filter(({ speedup }) => speedup !== undefined);
  const names = ops.map(({ name, shape }) => `${name} ${shape}`);
  const timeOf = (variant: VariantResult, name: string) =>
    variant.ops?.find((op) => `${op.name} ${op.shape}` === name)?.speedup ?? null;
  show(frame, {
    labels: ops.map(({ name, shape }) => ({ name, detail: shape })),
    series: variants.map((variant) => ({
      variant: variant.variant,
      values: names.map((name) => timeOf(variant, name)),
    })),
    axis: { type: 'linear', min: 0 },
    unit: 'times faster than scalar',
  });
}

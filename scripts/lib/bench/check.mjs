// Today's figures beside those of a baseline, and whether that will do. Times are compared as
// multiples of the calibration kernel's, which was run after every sample and for as long: what slows
// down the whole machine slows down both.
import { median } from 'simple-statistics';
import { components } from './components.mjs';

// A component that takes this much longer fails. Less is what compilers and layouts of memory do
// to single kernels by chance.
const kFailure = 1.2;
// The whole is steadier than its parts, but users notice it rather than judge it: a warning.
const kPipelineWarning = 1.1;
// Memory that a page may take before phones end it.
const kHeapWarning_bytes = 150e6;

const percent = (factor) => `${factor >= 1 ? '+' : ''}${((factor - 1) * 100).toFixed(0)} %`;

// Variants whose figures have nothing to say to each other, with the reason.
function incomparable(now, was) {
  const reasons = new Map();
  for (const place of now.places) {
    const before = was.places.find(({ where }) => where === place.where);
    if (!before) continue;
    for (const { variant, flavour, threads } of place.variants) {
      const old = before.variants.find((one) => one.variant === variant);
      const key = `${place.where}/${variant}`;
      if (!old || old.skipped) continue;
      if (place.encoderWindow !== before.encoderWindow) {
        const windows = `'${before.encoderWindow}' then, '${place.encoderWindow}' now`;
        reasons.set(key, `the encoder's window was ${windows}`);
      } else if (flavour !== old.flavour) {
        reasons.set(key, `another kind of processor (${old.flavour} then, ${flavour} now)`);
      } else if (threads !== old.threads && threads && old.threads) {
        reasons.set(key, `${old.threads} threads then, ${threads} now`);
      }
    }
  }
  return reasons;
}

/**
 * Of the changes of median, first quartile and minimum, `change` is the middle one and `slower` the
 * least: disturbances move one or another of them, slower code all three.
 * @typedef {{key: string, where: string, variant: string, kind: string, was_ms: number,
 *   now_ms: number, change: number, slower: number}} Comparison
 */

/**
 * @param {{places: any[]}} now
 * @param {{places: any[]}} was
 * @returns {{rows: Comparison[], missing: string[], apart: Map<string, string>}} `missing`: what
 *   the baseline has and this run, which measured that variant, has not
 */
export function compare(now, was) {
  const apart = incomparable(now, was);
  const isApart = ({ where, variant }) => apart.has(`${where}/${variant}`);
  const current = components(now).filter((one) => !isApart(one));
  const before = components(was).filter((one) => !isApart(one));
  const old = new Map(before.map((one) => [one.key, one.result]));
  const rows = [];
  for (const { key, where, variant, kind, result } of current) {
    const base = old.get(key);
    if (!base) continue;
    const changes = ['ratio', 'ratio_p25', 'ratio_min'].map((name) => result[name] / base[name]);
    const times = { was_ms: base.p50_ms, now_ms: result.p50_ms };
    const slower = Math.min(...changes);
    rows.push({ key, where, variant, kind, ...times, change: median(changes), slower });
  }
  const keys = new Set(current.map(({ key }) => key));
  const kinds = new Set(current.map(({ where, variant, kind }) => `${where}/${variant}/${kind}`));
  const missing = before
    .filter(({ where, variant, kind }) => kinds.has(`${where}/${variant}/${kind}`))
    .filter(({ key }) => !keys.has(key))
    .map(({ key }) => key);
  return { rows, missing, apart };
}

/** Whether a component fails. */
export const isSlower = ({ kind, slower }) => kind !== 'pipeline' && slower > kFailure;

/**
 * Judges a comparison.
 * @param {{places: any[]}} now
 * @param {ReturnType<typeof compare>} comparison
 * @returns {{failures: string[], warnings: string[]}}
 */
export function check(now, { rows, missing, apart }) {
  const failures = [];
  const warnings = [...apart].map(([key, why]) => `${key} is not compared: ${why}`);
  for (const { key, kind, slower } of rows) {
    const said = `${key}: ${percent(slower)} against the calibration kernel`;
    if (kind === 'pipeline') {
      if (slower > kPipelineWarning) warnings.push(said);
    } else if (isSlower({ kind, slower })) {
      failures.push(said);
    }
  }
  for (const key of missing) failures.push(`${key}: in the baseline, but not measured`);
  if (rows.length === 0) failures.push('nothing in common with the baseline, so nothing compared');
  for (const { key, result } of components(now)) {
    if (result.peak_heap_bytes > kHeapWarning_bytes) {
      const megabytes = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;
      const heap = megabytes(result.peak_heap_bytes);
      warnings.push(`${key}: a heap of ${heap}, more than ${megabytes(kHeapWarning_bytes)}`);
    }
  }
  return { failures, warnings };
}

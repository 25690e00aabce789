// Measuring again what seems slower: what was disturbed is as fast as before the next time, and
// slower code is not.
import { compare, isSlower } from './check.mjs';

const kTries = 2;

// Components by name, each list of a variant.
const kLists = { stages: ({ id }) => id, ops: ({ name, shape }) => `${name} ${shape}` };

const better = (now, again) => (again && again.ratio < now.ratio ? again : now);

/** A variant's result with the better one of two measurements of each component. */
export function mergeVariant(now, again) {
  const merged = { ...now };
  for (const [list, nameOf] of Object.entries(kLists)) {
    if (!now[list] || !again[list]) continue;
    const others = new Map(again[list].map((one) => [nameOf(one), one]));
    merged[list] = now[list].map((one) => better(one, others.get(nameOf(one))));
  }
  if (now.pipeline) merged.pipeline = better(now.pipeline, again.pipeline);
  return merged;
}

// What to measure again: place -> variant -> parts.
function suspects(rows) {
  const jobs = new Map();
  for (const { where, variant, kind } of rows.filter(isSlower)) {
    const variants = jobs.get(where) ?? new Map();
    const parts = variants.get(variant) ?? new Set();
    parts.add(kind === 'op' ? 'ops' : 'stages');
    jobs.set(where, variants.set(variant, parts));
  }
  return jobs;
}

/**
 * Measures variants again in which something fails.
 * @param {any} results
 * @param {any} baseline
 * @param {(where: string, variant: string, parts: string[]) => Promise<any>} measure gives the
 *   variant's result
 */
export async function confirm(results, baseline, measure) {
  let places = results.places;
  for (let tried = 0; tried < kTries; tried++) {
    const jobs = suspects(compare({ places }, baseline).rows);
    if (jobs.size === 0) break;
    for (const [where, variants] of jobs) {
      for (const [variant, parts] of variants) {
        const again = await measure(where, variant, [...parts]);
        const merge = (one) => (one.variant === variant ? mergeVariant(one, again) : one);
        places = places.map((place) =>
          place.where === where ? { ...place, variants: place.variants.map(merge) } : place,
        );
      }
    }
  }
  return { ...results, places };
}

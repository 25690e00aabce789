// Whether a backend did what is expected of it.

/** Words alone: case, commas and full stops are a matter of taste and of rounding. */
export const wordsOf = (text) =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}' ]+/gu, ' ')
    .split(/\s+/)
    .filter(Boolean)
    .join(' ');

/**
 * How many times longer anything takes, because other programs want the processors as well.
 * @param {number} load programs that ran or waited during the last minute, this one included
 * @param {number} cores
 */
export const crowding = (load, cores) => Math.max(1, load / cores);

/**
 * @param {{text: string, timings: any}} run the best of some
 * @param {{maxRtf: number}} backend
 * @param {string | undefined} expected words; undefined where nobody knows them
 * @param {number} [crowded] by which the target is widened
 * @returns {{rtf: number, failures: string[]}}
 */
export function judge({ text, timings }, { maxRtf }, expected, crowded = 1) {
  const failures = [];
  const words = wordsOf(text);
  const rtf = timings.audio_ms > 0 ? timings.total_ms / timings.audio_ms : Number.NaN;
  if (expected !== undefined && words !== expected) {
    failures.push(`words: expected '${expected}', got '${words}'`);
  }
  const limit = maxRtf * crowded;
  if (!(rtf <= limit)) {
    const most = crowded > 1 ? `${limit.toFixed(2)} (${maxRtf} on an idle machine)` : `${maxRtf}`;
    failures.push(`real-time factor: expected ${most} at most, got ${rtf.toFixed(3)}`);
  }
  for (const stage of ['load_ms', 'mel_ms', 'encode_ms', 'peak_heap_bytes']) {
    if (!(timings[stage] > 0)) failures.push(`${stage}: expected a figure, got ${timings[stage]}`);
  }
  return { rtf, failures };
}

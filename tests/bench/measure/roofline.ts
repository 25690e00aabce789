// The least time that work takes on a machine of which only peaks are known.
// Williams, Waterman and Patterson, "Roofline: an insightful visual performance model", 2009.
import type { OpWork, Peaks } from './types.js';

type Work = Pick<OpWork, 'int8Mac' | 'f32Mac' | 'memoryBytes'>;

/**
 * Milliseconds: memory is read while the processor computes, and bytes and floats are computed one
 * after the other, as they share its ports.
 */
export function floor_ms(work: Work, peaks: Peaks): number {
  const compute_s = work.int8Mac / peaks.int8_gmac_s + work.f32Mac / peaks.f32_gmac_s;
  const memory_s = work.memoryBytes / peaks.memory_gb_s;
  return (Math.max(compute_s, memory_s) / 1e9) * 1e3;
}

// What the same code may do on other hardware, of which little is known: an efficiency that was
// measured here, times the roofline there. How far such a projection can be trusted is told by
// projecting one variant of this machine from another, which was measured as well.
import { median } from 'simple-statistics';
import { SetupError } from '../log.mjs';

/**
 * Per core: floats of 128-bit vector units that are worked on in a cycle, clock, memory bandwidth
 * and the kind of int8 product (src/simd/dot_range.h).
 * @typedef {{name: string, lanes: number, ghz: number, gbps: number, flavour: string}} Hardware
 */

/**
 * Clocks and memory from the makers' data sheets; one core rarely gets more than half of what the
 * memory of phones and laptops gives, which is what counts here. Vector units from the makers'
 * optimisation guides.
 * @type {Record<string, Hardware>}
 */
export const kHardware = {
  'apple-m1': { name: 'Apple M1', lanes: 16, ghz: 3.2, gbps: 58, flavour: 'signed' },
  'core-i5-8250u': {
    name: 'Intel Core i5-8250U (2017)',
    lanes: 8,
    ghz: 3.4,
    gbps: 17,
    flavour: 'pair-saturating',
  },
  'core-i5-1240p': {
    name: 'Intel Core i5-1240P (2022)',
    lanes: 8,
    ghz: 4.4,
    gbps: 30,
    flavour: 'unsigned',
  },
  'intel-n100': { name: 'Intel N100', lanes: 8, ghz: 3.4, gbps: 15, flavour: 'unsigned' },
  'cortex-a76': { name: 'Raspberry Pi 5', lanes: 8, ghz: 2.4, gbps: 8, flavour: 'signed' },
  'cortex-a55': { name: 'small phone core', lanes: 4, ghz: 2.0, gbps: 5, flavour: 'signed' },
};

// x86 has two vector units since 2013, of which WebAssembly uses 128 bits each.
const kLanesHere = 8;

// Instructions for an inner product of 16 bytes; the other variants need the same ones everywhere.
const kDotInstructions = { unsigned: 1, signed: 1, 'pair-saturating': 3 };

/**
 * Reads `name` of the table, `all`, or `lanes=8,ghz=3,gbps=20,flavour=unsigned`.
 * @param {string} text
 * @returns {Hardware[]}
 */
export function parseHardware(text) {
  if (text === 'all') return Object.values(kHardware);
  if (Object.hasOwn(kHardware, text)) return [kHardware[text]];
  const fields = Object.fromEntries(text.split(',').map((part) => part.split('=')));
  const { lanes, ghz, gbps, flavour = 'unsigned', ...rest } = fields;
  const numbers = [lanes, ghz, gbps].map(Number);
  const isGood =
    numbers.every((value) => value > 0 && Number.isFinite(value)) &&
    Object.hasOwn(kDotInstructions, flavour) &&
    Object.keys(rest).length === 0;
  if (!isGood) {
    throw new SetupError(
      `--simulate ${text}: expected lanes=L,ghz=G,gbps=B[,flavour=F], or a name`,
      `names: all, ${Object.keys(kHardware).join(', ')}; F: ${Object.keys(kDotInstructions).join(', ')}`,
    );
  }
  return [{ name: text, lanes: numbers[0], ghz: numbers[1], gbps: numbers[2], flavour }];
}

/** The peaks of other hardware, from those of this one and what is known of both. */
export function scaledPeaks(peaks, flavour, hardware) {
  const faster = (hardware.lanes * hardware.ghz) / (kLanesHere * peaks.clock_ghz);
  // Only relaxed SIMD uses the processor's own product.
  const dot = Object.hasOwn(kDotInstructions, flavour)
    ? kDotInstructions[flavour] / kDotInstructions[hardware.flavour]
    : 1;
  return {
    int8_gmac_s: peaks.int8_gmac_s * faster * dot,
    f32_gmac_s: peaks.f32_gmac_s * faster,
    memory_gb_s: hardware.gbps,
    clock_ghz: hardware.ghz,
  };
}

// How many times longer the ops take there, weighed by what each stage spends on them.
function slowdown(ops, here, there, floor_ms, runs) {
  let now_ms = 0;
  let then_ms = 0;
  for (const op of ops) {
    const weight = op.p50_ms * runs(op);
    now_ms += weight;
    then_ms += (weight * floor_ms(op, there)) / floor_ms(op, here);
  }
  return now_ms > 0 ? then_ms / now_ms : 1;
}

const isOp = (name) => (op) => (op.name === name ? 1 : 0);

/**
 * Times of the stages of `measured`, a variant's result, with other peaks.
 * @param {any} measured
 * @param {any} there peaks
 * @param {(work: any, peaks: any) => number} floor_ms the roofline
 * @returns {Record<string, number>} milliseconds by stage
 */
export function projectStages(measured, there, floor_ms) {
  const { ops, peaks, stages } = measured;
  const memory = peaks.memory_gb_s / there.memory_gb_s;
  const slower = (runs) => slowdown(ops, peaks, there, floor_ms, runs);
  const factors = {
    // The model is copied and summed up, the file widened: both read and write memory.
    A: memory,
    C: memory,
    // Reading a file is the system's, not the processor's.
    B: 1,
    D: slower(isOp('resample')),
    F: slower(isOp('log_mel')),
    G: slower((op) => op.encoderRuns),
    H: slower((op) => op.tokenRuns),
  };
  return Object.fromEntries(stages.map(({ id, p50_ms }) => [id, p50_ms * factors[id]]));
}

/**
 * Projects each variant of a place from each other one, as if it were other hardware, and compares
 * with what was measured.
 * @returns {{from: string, to: string, ops: number, encode: number, decode: number}[]} relative
 *   errors: the median of the ops' absolute ones, and the stages' signed ones
 */
export function projectionErrors(place, floor_ms) {
  const measured = place.variants.filter(({ ops, stages }) => ops && stages);
  const rows = [];
  for (const from of measured) {
    for (const to of measured) {
      if (from === to) continue;
      const times = projectStages(from, to.peaks, floor_ms);
      const stageError = (id) => times[id] / to.stages.find((stage) => stage.id === id).p50_ms - 1;
      const errors = from.ops.map((op, i) => {
        const projected = (op.p50_ms * floor_ms(op, to.peaks)) / floor_ms(op, from.peaks);
        return Math.abs(projected / to.ops[i].p50_ms - 1);
      });
      rows.push({
        from: from.variant,
        to: to.variant,
        ops: median(errors),
        encode: stageError('G'),
        decode: stageError('H'),
      });
    }
  }
  return rows;
}

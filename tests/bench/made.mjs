// Made results, for tests of what is done with results.

export const statistics = (p50_ms, ratio = p50_ms / 2) => ({
  runs: 10,
  min_ms: p50_ms * 0.9,
  mean_ms: p50_ms,
  p50_ms,
  p95_ms: p50_ms * 1.1,
  p99_ms: p50_ms * 1.2,
  cv: 0.05,
  ratio,
  ratio_p25: ratio * 0.97,
  ratio_min: ratio * 0.95,
});

const peaks = { int8_gmac_s: 30, f32_gmac_s: 15, memory_gb_s: 20, clock_ghz: 3 };

/** @param {string} name @param {number} p50_ms */
export const op = (name, p50_ms, work = {}) => ({
  name,
  shape: '8 x 8',
  int8Mac: 0,
  f32Mac: 0,
  memoryBytes: 0,
  encoderRuns: 0,
  tokenRuns: 0,
  ...work,
  ...statistics(p50_ms),
  fraction: 0.5,
  speedup: 4,
});

const kStages = { A: 100, B: 1, C: 2, D: 3, F: 4, G: 500, H: 100 };

/** One place with one variant; what is given replaces what it has. */
export function makeResults({ place = {}, variant = {}, slower = 1 } = {}) {
  const made = {
    variant: 'simd128',
    flavour: 'wide',
    threads: 1,
    peaks,
    stages: Object.entries(kStages).map(([id, ms]) => ({
      id,
      name: id.toLowerCase(),
      ...statistics(ms * slower),
    })),
    pipeline: {
      ...statistics(610 * slower),
      rtf: 0.055,
      tokens_per_s: 300,
      tokens: 30,
      audio_ms: 11000,
      peak_heap_bytes: 90e6,
      text: 'And so',
    },
    ops: [
      op('gemm_q8', 10 * slower, { int8Mac: 200e6, encoderRuns: 40, tokenRuns: 1 }),
      op('gelu', 1 * slower, { f32Mac: 10e6, encoderRuns: 4 }),
      op('log_mel', 4 * slower, { f32Mac: 20e6 }),
      op('resample', 2 * slower, { f32Mac: 20e6 }),
    ],
    ...variant,
  };
  return {
    schema: 'sotto-bench-1',
    version: '0.1.0',
    date: '2024-01-01T00:00:00.000Z',
    clip: 'jfk.wav',
    places: [
      {
        where: 'node',
        agent: 'Node',
        cores: 2,
        isolated: false,
        quick: false,
        encoderWindow: 'auto',
        variants: [made],
        ...place,
      },
    ],
  };
}

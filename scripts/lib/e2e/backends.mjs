// What the end-to-end check expects of each backend.

/**
 * @typedef {{name: string, isolated: boolean, maxRtf: number, why: string}} Backend
 *   `isolated`: it needs a page with COOP and COEP headers; `maxRtf`: its real-time factor may be
 *   this large, and `why`. Targets are what people need, on a machine that does other things as
 *   well. How fast a backend is beyond that is for `npm run bench`.
 */

/** @type {Backend[]} */
export const kBackends = [
  {
    name: 'native',
    isolated: false,
    maxRtf: 0.33,
    why: 'files are worked off three times as fast as they play, beside other programs',
  },
  {
    name: 'scalar',
    isolated: false,
    maxRtf: 1,
    why: 'for browsers from before SIMD (2021): keeps up with speech, no more',
  },
  {
    name: 'simd128',
    isolated: false,
    maxRtf: 0.33,
    why: 'every browser of today: phones, three times slower than this, keep up with speech',
  },
  {
    name: 'relaxed',
    isolated: false,
    maxRtf: 0.25,
    why: 'a newer browser has to be worth it: a quarter less than simd128 may take',
  },
  {
    name: 'simd128-mt',
    isolated: true,
    maxRtf: 0.33,
    why: 'threads must not cost time, even where other programs hold the processors',
  },
  {
    name: 'relaxed-mt',
    isolated: true,
    maxRtf: 0.25,
    why: 'the same',
  },
];

/** What President Kennedy says in the sample, as every setting agrees on it. */
export const kJfkWords =
  'and so my fellow americans ask not what your country can do for you ' +
  'ask what you can do for your country';

export const kEvery_s: number;
export function longSamples(minutes: number): Float32Array;
export function longWav(minutes: number): Buffer;
export function placesOf(segments: readonly { start: number; end: number }[]): number[];

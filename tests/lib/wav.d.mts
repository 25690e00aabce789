export interface WavFormat {
  sampleRate?: number;
  channels?: number;
  format?: number;
}
export function makeWav(samples: Float32Array | number[], format?: WavFormat): Buffer;
export function makeFlac(samples: Float32Array): Buffer;

// Long recordings of which little is speech, so that they are heard quickly.
import { jfkSamples } from './assets.mjs';
import { makeWav } from './wav.mjs';

const kSampleRate = 16000;

/** Seconds between two times at which the sample speech begins, the first at 1 s. */
export const kEvery_s = 600;

/** Mono samples of so many minutes at 16 kHz. */
export function longSamples(minutes) {
  const samples = new Float32Array(minutes * 60 * kSampleRate);
  const speech = jfkSamples();
  for (let at = kSampleRate; at + speech.length < samples.length; at += kEvery_s * kSampleRate) {
    samples.set(speech, at);
  }
  return samples;
}

/** The same as a WAV of 16 bits. */
export const longWav = (minutes) => makeWav(longSamples(minutes));

/** Times at which the text of such a recording begins anew, by its segments. */
export const beginnings = (segments) =>
  segments.filter(({ text }) => /\bAnd so\b/.test(text)).map(({ start }) => Math.round(start));

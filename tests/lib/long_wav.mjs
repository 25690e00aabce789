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

// It ends at 12 s.
const kSpeech_s = 13;

/** Which of its times of speech have a text, by its segments; what lies elsewhere, by its time. */
export function placesOf(segments) {
  const places = segments.map(({ start, end }) => {
    const place_s = Math.floor(start / kEvery_s) * kEvery_s;
    return end - place_s < kSpeech_s ? place_s : start;
  });
  return [...new Set(places)];
}

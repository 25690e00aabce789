// Voice activity and long files in a page.
import { kJfkText } from '../lib/assets.mjs';
import { placesOf } from '../lib/long_wav.mjs';
import { expect, test } from './fixtures.js';

const kModels = {
  model: '/models/tiny.en-q8.sotto',
  vadModel: '/models/silero_vad_16k.safetensors',
};
// What the package promises: an abort stops the computation within this time.
const kAbort_ms = 300;
const kBefore_s = 7;
const kBetween_s = 9;

test('vad: true leaves silence out, and times are the original', async ({ api }) => {
  const [plain, spread] = await api.evaluate(
    async ({ models, before_s, between_s }) => {
      const file = await (await fetch('/samples/jfk.wav')).arrayBuffer();
      const speech = Float32Array.from(
        new Int16Array(file.slice(-11 * 32000)),
        (value) => value / 32768,
      );
      // Silence before the words, and in the pause after "Americans".
      const cut = 3.3 * 16000;
      const samples = new Float32Array(speech.length + (before_s + between_s) * 16000);
      samples.set(speech.subarray(0, cut), before_s * 16000);
      samples.set(speech.subarray(cut), (before_s + between_s) * 16000 + cut);
      const transcriber = await window.sotto.createTranscriber(models);
      const options = { vad: true, timestamps: 'word' } as const;
      const results = [];
      for (const audio of [speech, samples]) {
        const { text, segments } = await transcriber.transcribe(audio, options);
        results.push({ text, words: segments.flatMap(({ words }) => words ?? []) });
      }
      transcriber.close();
      return results;
    },
    { models: kModels, before_s: kBefore_s, between_s: kBetween_s },
  );
  expect(plain?.text).toMatch(kJfkText);
  expect(spread?.text).toMatch(kJfkText);
  const ends = (words: { word: string; start: number }[] | undefined) => [
    words?.[0]?.start ?? -1,
    words?.find(({ word }) => word.includes('country'))?.start ?? -1,
  ];
  const [first = 0, later = 0] = ends(plain?.words);
  const [movedFirst = 0, movedLater = 0] = ends(spread?.words);
  // Which part of the silence is left out decides where frames of 20 ms begin.
  expect(Math.abs(movedFirst - first - kBefore_s)).toBeLessThan(0.5);
  expect(Math.abs(movedLater - later - kBefore_s - kBetween_s)).toBeLessThan(0.2);
});

for (const variant of ['relaxed', 'scalar'] as const) {
  test(`${variant}: an abort while silence is heard stops it in time`, async ({ api }) => {
    const times = await api.evaluate(
      async ({ models, variant }) => {
        const transcriber = await window.sotto.createTranscriber({ ...models, variant });
        const options = { vad: true } as const;
        await transcriber.transcribe(new Float32Array(16000), options);
        const taken = [];
        // Ten minutes of it are heard in less than half a second on a fast machine.
        const silence = new Float32Array(16000 * 1800);
        for (const wait_ms of [100, 400, 700]) {
          const controller = new AbortController();
          const call = transcriber
            .transcribe(silence, { ...options, signal: controller.signal })
            .then(
              () => 'none',
              (error: Error) => error.name,
            );
          await new Promise((resolve) => setTimeout(resolve, wait_ms));
          const aborted_ms = performance.now();
          controller.abort();
          const name = await call;
          // The engine is free when a call with nothing to do is done.
          await transcriber.transcribe(new Float32Array(0));
          taken.push({ name, ms: performance.now() - aborted_ms });
        }
        transcriber.close();
        return taken;
      },
      { models: kModels, variant },
    );
    for (const { name, ms } of times) {
      expect(name).toBe('AbortError');
      expect(ms).toBeLessThan(kAbort_ms);
    }
  });
}

test('a long WAV file is consumed in pieces', async ({ api }) => {
  const [few, many] = await api.evaluate(async (models) => {
    const speech = (await (await fetch('/samples/jfk.wav')).arrayBuffer()).slice(-11 * 32000);
    // A file that never exists in one piece: the sample speech every ten minutes.
    const wav = (minutes: number) => {
      const header = new DataView(new ArrayBuffer(44));
      const size = minutes * 60 * 32000;
      const text = (at: number, letters: string) => {
        for (let i = 0; i < 4; i++) header.setUint8(at + i, letters.charCodeAt(i));
      };
      text(0, 'RIFF');
      header.setUint32(4, 36 + size, true);
      text(8, 'WAVE');
      text(12, 'fmt ');
      header.setUint32(16, 16, true);
      header.setUint16(20, 1, true);
      header.setUint16(22, 1, true);
      header.setUint32(24, 16000, true);
      header.setUint32(28, 32000, true);
      header.setUint16(32, 2, true);
      header.setUint16(34, 16, true);
      text(36, 'data');
      header.setUint32(40, size, true);
      const second = new Uint8Array(32000);
      const parts: BlobPart[] = [header];
      let left = size;
      for (let s = 0; left > 0; s++) {
        const part = s % 600 === 1 ? speech : second;
        parts.push(part);
        left -= part.byteLength;
        if (part === speech) s += speech.byteLength / 32000 - 1;
      }
      return new File(parts, 'long.wav');
    };
    const transcriber = await window.sotto.createTranscriber(models);
    const results = [];
    for (const minutes of [3, 20]) {
      const { segments, timings } = await transcriber.transcribe(wav(minutes));
      results.push({ segments, timings });
    }
    transcriber.close();
    return results;
  }, kModels);
  expect(placesOf(few?.segments ?? [])).toEqual([0]);
  expect(placesOf(many?.segments ?? [])).toEqual([0, 600]);
  expect(many?.timings.audio_ms).toBe(20 * 60_000);
  expect(many?.timings.peak_heap_bytes).toBe(few?.timings.peak_heap_bytes);
});

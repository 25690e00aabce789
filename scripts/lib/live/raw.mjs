// The engine's module as the package sees it, used directly (web/raw.ts).
import fs from 'node:fs';
import { SetupError } from '../log.mjs';

/** What a call of the module gave; its error is one of ours. */
export function unwrap(result) {
  if (!result.ok) throw new SetupError(`${result.code}: ${result.message}`);
  return result.value;
}

/** A file as a source of bytes. */
export function fileSource(file) {
  const bytes = fs.readFileSync(file);
  return {
    sizeBytes: bytes.length,
    readAt(offset, target) {
      target.set(bytes.subarray(offset, offset + target.length));
      return true;
    },
  };
}

function readWav(module, file) {
  const wav = unwrap(module.WavStream.open(fileSource(file)));
  const blocks = [];
  for (;;) {
    const block = unwrap(wav.read(1 << 16));
    if (block.length === 0) break;
    blocks.push(block);
  }
  const { sampleRateHz } = wav.info();
  wav.delete();
  return { blocks, rate_hz: sampleRateHz };
}

// A quiet room: noise 66 dB below full scale, the same each time.
function addSilence(samples, begin, end) {
  let state = 1;
  for (let i = begin; i < end; i += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    samples[i] = (state / 2 ** 31 - 1) * 0.0005;
  }
}

/**
 * WAV files and silences one after another.
 * @param {any} module
 * @param {(string | number)[]} parts paths, and seconds
 * @returns {{ samples: Float32Array, rate_hz: number, spans: [number, number][] }} and from where to
 *   where each file goes, in seconds
 */
export function joinFiles(module, parts) {
  const read = parts.map((part) => (typeof part === 'string' ? readWav(module, part) : part));
  const rates = new Set(read.flatMap((part) => (typeof part === 'number' ? [] : part.rate_hz)));
  if (rates.size !== 1) throw new SetupError(`expected files at one rate; got ${[...rates]}`);
  const [rate_hz] = rates;
  const sizes = read.map((part) =>
    typeof part === 'number'
      ? Math.round(part * rate_hz)
      : part.blocks.reduce((sum, block) => sum + block.length, 0),
  );
  const samples = new Float32Array(sizes.reduce((sum, size) => sum + size, 0));
  const spans = [];
  let at = 0;
  for (const [i, part] of read.entries()) {
    if (typeof part === 'number') {
      addSilence(samples, at, at + sizes[i]);
    } else {
      let begin = at;
      for (const block of part.blocks) {
        samples.set(block, begin);
        begin += block.length;
      }
      spans.push([at / rate_hz, (at + sizes[i]) / rate_hz]);
    }
    at += sizes[i];
  }
  return { samples, rate_hz, spans };
}

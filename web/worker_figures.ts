// What live captions cost, summed over the sessions and the workers that they went through. Pure.
import type { WorkerFigures } from './live_wire.js';
import type { RawLiveState } from './raw.js';

export const kNoFigures: WorkerFigures = {
  mel_ms: 0,
  vad_ms: 0,
  encode_ms: 0,
  decode_ms: 0,
  total_ms: 0,
  windows: 0,
  tokens: 0,
  heap_bytes: 0,
  language: '',
};

/** What a session did, as figures. */
export function figuresOf(state: RawLiveState, heap_bytes: number): WorkerFigures {
  return {
    mel_ms: state.melMs,
    vad_ms: state.vadMs,
    encode_ms: state.encodeMs,
    decode_ms: state.decodeMs,
    total_ms: state.totalMs,
    windows: state.passes,
    tokens: state.tokens,
    heap_bytes,
    language: state.language,
  };
}

/** Both together; heap and language are those of the later one. */
export function addFigures(before: WorkerFigures, after: WorkerFigures): WorkerFigures {
  return {
    mel_ms: before.mel_ms + after.mel_ms,
    vad_ms: before.vad_ms + after.vad_ms,
    encode_ms: before.encode_ms + after.encode_ms,
    decode_ms: before.decode_ms + after.decode_ms,
    total_ms: before.total_ms + after.total_ms,
    windows: before.windows + after.windows,
    tokens: before.tokens + after.tokens,
    heap_bytes: after.heap_bytes,
    language: after.language || before.language,
  };
}

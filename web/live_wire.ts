// What travels for live captions: blocks of audio to the worker, and their memory back; updates to
// the page.
import type { RawLiveOptions, RawLiveUpdate, RawTimings } from './raw.js';

/** Audio on its way to the worker. Its memory is handed over, and handed back when it was read. */
export interface AudioBlock {
  type: 'block';
  /** Room for a block; as much of it as `frames` says is audio, one channel. */
  samples: Float32Array;
  frames: number;
  rate: number;
  /** Frames that came before, those that were lost among them. */
  startFrame: number;
}

/** `pause`: what was said is written to its end; `end`: likewise, and there will be no more. */
export type AudioMessage = AudioBlock | { type: 'pause' | 'end' };

/** A block's memory on its way back. */
export interface ReturnedBlock {
  samples: Float32Array;
}

/** What the recording side tells the page about each block. */
export interface BlockReport {
  /** Frames so far, lost ones among them. */
  frames: number;
  lostBlocks: number;
  peak: number;
  rms: number;
  /** There was an input, and not only zeros in it. */
  isSound: boolean;
  /** There was an input at all. */
  isConnected: boolean;
}

export interface ListenRequest {
  id: number;
  live: Omit<RawLiveOptions, 'vad'> & { vad: 'auto' | 'on' | 'off' };
  /** Where AudioMessages come from, and ReturnedBlocks go to. */
  port: MessagePort;
}

/** Figures of the worker, summed over its sessions. */
export type WorkerFigures = Pick<
  RawTimings,
  'mel_ms' | 'vad_ms' | 'encode_ms' | 'decode_ms' | 'total_ms' | 'windows' | 'tokens'
> & {
  /** WebAssembly memory now. */
  heap_bytes: number;
  /** Code of the language, '' where it is not known yet. */
  language: string;
};

export interface LiveNews {
  /** With times from the beginning of all audio. */
  update: RawLiveUpdate;
  figures: WorkerFigures;
  /** Up to where the audio is written, or is silence, in seconds of the source. */
  covered_s: number;
}

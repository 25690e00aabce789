// Cuts audio into blocks, in memory that exists before and comes back. Runs in the audio thread:
// nothing here allocates while audio flows. Pure, so that it is tested without one.
import type { AudioBlock, BlockReport } from './live_wire.js';

// Long enough to make messages few, short enough to add little to the lag.
const kBlock_s = 0.04;

// How long the worker may compute before its audio is lost: passes take a second on slow machines,
// and starting it anew takes some.
const kPool_s = 15;

// How much of the past is kept for a worker that takes the place of another one: older audio is
// confirmed (`most_window_ms` of StreamOptions).
const kPast_s = 24;

// Frames of one call of an audio worklet (Web Audio 1.1, render quantum).
const kQuantum_frames = 128;

/** What a writer hands on. Both objects are the same at every call. */
export interface BlockSink {
  block(block: AudioBlock): void;
  report(report: BlockReport): void;
}

/** Mixes channels to one and hands on full blocks. */
export class BlockWriter {
  readonly blockFrames: number;
  readonly poolBlocks: number;
  #pool: Float32Array[] = [];
  /** The newest audio, each frame at its number modulo the length. */
  #past: Float32Array;
  #spare = 0;
  #current: Float32Array | undefined;
  #filled = 0;
  #sum = 0;
  #block: AudioBlock;
  #report: BlockReport = {
    frames: 0,
    lostBlocks: 0,
    peak: 0,
    rms: 0,
    isSound: false,
    isConnected: false,
  };

  constructor(
    rate: number,
    private readonly sink: BlockSink,
  ) {
    const quanta = Math.max(1, Math.round((rate * kBlock_s) / kQuantum_frames));
    this.blockFrames = quanta * kQuantum_frames;
    this.poolBlocks = Math.ceil((kPool_s * rate) / this.blockFrames);
    this.#past = new Float32Array(Math.ceil(kPast_s * rate));
    this.#block = { type: 'block', samples: new Float32Array(0), frames: 0, rate, startFrame: 0 };
  }

  /** Makes the pool anew: whoever had its blocks is gone. */
  refill(): void {
    this.#pool = Array.from({ length: this.poolBlocks }, () => new Float32Array(this.blockFrames));
    this.#spare = this.poolBlocks;
    this.#current ??= this.#take();
  }

  /** Hands on once more what was handed on, or lost, from this frame on, as far as it is kept. */
  repeat(fromFrame: number): void {
    const { length } = this.#past;
    const end = this.#report.frames;
    const first = Math.max(fromFrame, end + this.#filled - length, 0);
    if (first >= end) return;
    const samples = new Float32Array(end - first);
    for (let i = first; i < end; i++) samples[i - first] = this.#past[i % length] as number;
    this.sink.block({ ...this.#block, samples, frames: samples.length, startFrame: first });
  }

  /** Takes a block's memory back; of another writer's, nothing. */
  give(samples: Float32Array): void {
    if (samples.length !== this.blockFrames || this.#spare >= this.#pool.length) return;
    this.#pool[this.#spare++] = samples;
  }

  /** Adds `frames` of audio; without channels, that much silence. */
  write(channels: readonly Float32Array[], frames: number): void {
    const report = this.#report;
    if (channels.length > 0) report.isConnected = true;
    for (let i = 0; i < frames; i++) {
      let value = 0;
      for (let c = 0; c < channels.length; c++) value += (channels[c] as Float32Array)[i] as number;
      if (channels.length > 1) value /= channels.length;
      const size = Math.abs(value);
      if (size > report.peak) report.peak = size;
      this.#sum += value * value;
      this.#past[(report.frames + this.#filled) % this.#past.length] = value;
      if (this.#current) this.#current[this.#filled] = value;
      if (++this.#filled === this.blockFrames) this.#finish();
    }
  }

  /** Hands on what is there of a block. */
  flush(): void {
    if (this.#filled > 0) this.#finish();
  }

  #take(): Float32Array | undefined {
    return this.#spare > 0 ? this.#pool[--this.#spare] : undefined;
  }

  #finish(): void {
    const [report, block] = [this.#report, this.#block];
    if (this.#current) {
      block.samples = this.#current;
      block.frames = this.#filled;
      block.startFrame = report.frames;
      this.sink.block(block);
    } else {
      report.lostBlocks++;
    }
    report.frames += this.#filled;
    report.rms = Math.sqrt(this.#sum / this.#filled);
    report.isSound = report.peak > 0;
    this.sink.report(report);
    report.peak = 0;
    report.isConnected = false;
    this.#sum = 0;
    this.#filled = 0;
    this.#current = this.#take();
  }
}

// Where live captions have their audio from: a recording (mic.ts), or samples that are pushed.
import type { LiveHealth } from './live_types.js';
import type { AudioMessage, BlockReport } from './live_wire.js';

export interface LiveAudio {
  /** Sample frames per second; 0 where that is not known yet. */
  readonly sampleRate: number;
  /** Sends AudioMessages by this port from now on. */
  attach(port: MessagePort): void;
  pause(): void;
  resume(): Promise<void>;
  /** Sends what is left, and that there is no more; false where that cannot be said. */
  end(): Promise<boolean>;
  close(): void;
}

/** What the audio's side tells. */
export interface LiveAudioEvents {
  health(health: LiveHealth): void;
  report(report: BlockReport): void;
  /** There will be no more audio. */
  ended(): void;
  failed(error: Error): void;
}

/** Samples that a program has. */
export class PushedAudio implements LiveAudio {
  sampleRate = 0;
  #port: MessagePort | undefined;
  /** What came before there was a port. */
  #early: [AudioMessage, Transferable[]][] = [];
  #seconds = 0;
  #isPaused = false;

  constructor(private readonly events: LiveAudioEvents) {}

  /** Takes mono samples, as a copy. Those that come during a pause are not heard. */
  push(samples: Float32Array, rate: number): void {
    if (this.#isPaused || samples.length === 0) return;
    this.sampleRate = rate;
    const startFrame = Math.round(this.#seconds * rate);
    const { length: frames } = samples;
    const copy = samples.slice();
    this.#send({ type: 'block', samples: copy, frames, rate, startFrame }, [copy.buffer]);
    this.#seconds += frames / rate;
    const frames_so_far = Math.round(this.#seconds * rate);
    this.events.report({ ...loudness(samples), frames: frames_so_far, lostBlocks: 0 });
  }

  attach(port: MessagePort): void {
    this.#port?.close();
    this.#port = port;
    // What comes back is memory, which is not needed again; unread messages would be kept.
    port.onmessage = () => {};
    (port as { unref?: () => void }).unref?.();
    for (const [message, transfer] of this.#early) port.postMessage(message, transfer);
    this.#early = [];
  }

  pause(): void {
    this.#isPaused = true;
    this.#send({ type: 'pause' });
  }

  async resume(): Promise<void> {
    this.#isPaused = false;
  }

  async end(): Promise<boolean> {
    this.#isPaused = true;
    this.#send({ type: 'end' });
    return true;
  }

  close(): void {
    this.#isPaused = true;
    this.#port?.close();
    this.#port = undefined;
  }

  #send(message: AudioMessage, transfer: Transferable[] = []): void {
    if (this.#port) this.#port.postMessage(message, transfer);
    else this.#early.push([message, transfer]);
  }
}

function loudness(
  samples: Float32Array,
): Pick<BlockReport, 'peak' | 'rms' | 'isSound' | 'isConnected'> {
  let [peak, sum] = [0, 0];
  for (const value of samples) {
    peak = Math.max(peak, Math.abs(value));
    sum += value * value;
  }
  const rms = Math.sqrt(sum / samples.length);
  return { peak, rms, isSound: peak > 0, isConnected: true };
}

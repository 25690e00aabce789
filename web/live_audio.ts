// Where live captions have their audio from: a recording (mic.ts), or samples that are pushed.
import type { LiveHealth } from './live_types.js';
import type { AudioMessage, BlockReport } from './live_wire.js';

export interface LiveAudio {
  /** Sample frames per second; 0 where that is not known yet. */
  readonly sampleRate: number;
  /**
   * Sends AudioMessages by this port from now on, and before them once more what it has from
   * `from_s` on, in seconds from its beginning.
   */
  attach(port: MessagePort, from_s: number): void;
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

// How much is kept of what the worker has read, for one that takes its place: older audio is
// confirmed (`most_window_ms` of StreamOptions).
const kPast_s = 24;

/** A message, and where its audio ends in seconds. */
interface Sent {
  message: AudioMessage;
  end_s: number;
}

// What of a message lies behind `from_s`; undefined where nothing does.
function behind({ message, end_s }: Sent, from_s: number): AudioMessage | undefined {
  if (end_s < from_s) return undefined;
  if (message.type !== 'block') return message;
  const first = Math.round(from_s * message.rate) - message.startFrame;
  if (first <= 0) return message;
  const samples = message.samples.slice(first);
  const startFrame = message.startFrame + first;
  return samples.length > 0
    ? { ...message, samples, frames: samples.length, startFrame }
    : undefined;
}

/** Samples that a program has. */
export class PushedAudio implements LiveAudio {
  sampleRate = 0;
  #port: MessagePort | undefined;
  /** What was not yet read, and some of what was. */
  #sent: Sent[] = [];
  /** Where the blocks end that were not yet read. */
  #unread_s: number[] = [];
  #seconds = 0;
  #isPaused = false;

  constructor(private readonly events: LiveAudioEvents) {}

  /** Takes mono samples, as a copy. Those that come during a pause are not heard. */
  push(samples: Float32Array, rate: number): void {
    if (this.#isPaused || samples.length === 0) return;
    this.sampleRate = rate;
    const startFrame = Math.round(this.#seconds * rate);
    const { length: frames } = samples;
    this.#seconds += frames / rate;
    this.#send({ type: 'block', samples: samples.slice(), frames, rate, startFrame });
    const frames_so_far = Math.round(this.#seconds * rate);
    this.events.report({ ...loudness(samples), frames: frames_so_far, lostBlocks: 0 });
  }

  attach(port: MessagePort, from_s: number): void {
    this.#port?.close();
    this.#port = port;
    port.onmessage = () => this.#forget();
    (port as { unref?: () => void }).unref?.();
    this.#unread_s = [];
    for (const sent of this.#sent) {
      const message = behind(sent, from_s);
      if (message) this.#post(message, sent.end_s);
    }
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
    this.#sent = [];
  }

  #send(message: AudioMessage): void {
    const end_s = this.#seconds;
    this.#sent.push({ message, end_s });
    this.#post(message, end_s);
  }

  #post(message: AudioMessage, end_s: number): void {
    if (message.type === 'block') this.#unread_s.push(end_s);
    this.#port?.postMessage(message);
  }

  // A block was read: its memory came back, which is not needed.
  #forget(): void {
    const read_s = this.#unread_s.shift() ?? 0;
    const oldest_s = read_s - kPast_s;
    const kept = this.#sent.findIndex(({ end_s }) => end_s > oldest_s);
    const oldest = this.#sent.splice(0, Math.max(0, kept) + 1).at(-1);
    const message = oldest && behind(oldest, oldest_s);
    if (message) this.#sent.unshift({ message, end_s: oldest.end_s });
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

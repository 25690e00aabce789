// Live captions in the worker: audio comes by its own port, the engine looks at it when that is due,
// updates go to the page. After a pause, or a change of device, the engine begins a new session;
// times go on.
import { abortError } from './errors.js';
import type {
  AudioBlock,
  AudioMessage,
  ListenRequest,
  LiveNews,
  ReturnedBlock,
  WorkerFigures,
} from './live_wire.js';
import type { RawEngine, RawLiveSession, RawLiveUpdate } from './raw.js';
import { unwrap } from './raw_errors.js';
import { addFigures, figuresOf, kNoFigures } from './worker_figures.js';

/** What live captions work with. */
export interface LiveContext {
  engine: Pick<RawEngine, 'createLiveSession'>;
  /** Makes ready to tell speech from silence; says whether that can be done. */
  prepareVoice(vad: 'auto' | 'on' | 'off', signal: AbortSignal): Promise<boolean>;
  heapBytes(): number;
  emit(news: LiveNews): void;
  now_ms(): number;
  /** Lets messages in. */
  breathe(): Promise<void>;
  signal: AbortSignal;
}

// Lost audio counts as silence, so that times hold; no gap is longer than what can be lost at once.
const kMostGap_s = 30;
const kZeros_frames = 4096;

// The longest wait without audio: what is due then is asked of the engine anew.
const kMostWait_ms = 1000;

export class LiveRun {
  #session: RawLiveSession | undefined;
  /** Seconds before the present session's audio. */
  #base_s = 0;
  /** Where the next block should begin, in seconds of the source. */
  #next_s = 0;
  #rate = 0;
  #queue: AudioMessage[] = [];
  #wake: (() => void) | undefined;
  #ended = false;
  #wasSpeaking = false;
  #wasBehind = false;
  /** Of the sessions that have ended. */
  #before: WorkerFigures = kNoFigures;
  #due_ms = 0;
  #hears = false;

  constructor(
    private readonly request: ListenRequest,
    private readonly context: LiveContext,
  ) {}

  /** Ends when the audio has ended, or finish() was called; rejects when the signal says stop. */
  async run(): Promise<void> {
    const { port, live } = this.request;
    const { signal } = this.context;
    const wake = () => this.#wake?.();
    port.onmessage = ({ data }: MessageEvent<AudioMessage>) => {
      this.#queue.push(data);
      wake();
    };
    signal.addEventListener('abort', wake);
    try {
      this.#hears = await this.context.prepareVoice(live.vad, signal);
      while (!this.#ended) {
        if (signal.aborted) throw abortError(signal);
        this.#drain();
        this.#step();
        await this.context.breathe();
        if (this.#queue.length === 0 && !this.#ended) await this.#sleep();
      }
    } finally {
      signal.removeEventListener('abort', wake);
      port.close();
      this.#session?.delete();
    }
  }

  /** Ends without waiting for the audio's end. */
  finish(): void {
    this.#queue.push({ type: 'end' });
    this.#wake?.();
  }

  #sleep(): Promise<void> {
    return new Promise((resolve) => {
      const wait_ms = Math.min(kMostWait_ms, Math.max(0, this.#due_ms - this.context.now_ms()));
      const timer = setTimeout(() => this.#wake?.(), wait_ms);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
    });
  }

  #drain(): void {
    const messages = this.#queue;
    this.#queue = [];
    for (const message of messages) {
      if (this.#ended) return;
      if (message.type === 'block') this.#push(message);
      else this.#flush();
      if (message.type === 'end') this.#ended = true;
    }
  }

  #push({ samples, frames, rate, startFrame }: AudioBlock): void {
    const start_s = startFrame / rate;
    // A session hears one rate.
    if (rate !== this.#rate) this.#flush();
    this.#rate = rate;
    if (!this.#session) {
      this.#session = this.#begin(start_s);
      this.#next_s = start_s;
    }
    const gap_s = Math.min(start_s - this.#next_s, kMostGap_s);
    for (let left = Math.round(gap_s * rate); left > 0; left -= kZeros_frames) {
      unwrap(this.#session.push(new Float32Array(Math.min(left, kZeros_frames)), rate), 'audio');
    }
    unwrap(this.#session.push(samples.subarray(0, frames), rate), 'audio');
    this.#next_s = start_s + frames / rate;
    const back: ReturnedBlock = { samples };
    this.request.port.postMessage(back, [samples.buffer as ArrayBuffer]);
  }

  #begin(start_s: number): RawLiveSession {
    this.#base_s = start_s;
    const options = { ...this.request.live, vad: this.#hears };
    return unwrap(this.context.engine.createLiveSession(options), 'session');
  }

  #step(): void {
    if (!this.#session || this.#ended) return;
    const now_ms = this.context.now_ms();
    const update = unwrap(this.#session.step(now_ms), 'session');
    this.#due_ms = update.nextMs;
    this.#tell(this.#session, update);
  }

  // Confirms to the end what was said; the next block begins a new session.
  #flush(): void {
    const session = this.#session;
    if (!session) return;
    this.#session = undefined;
    try {
      const update = unwrap(session.finish(this.context.now_ms()), 'session');
      this.#before = this.#tell(session, {
        ...update,
        utteranceEnded: true,
        tentative: '',
        speaking: false,
      });
    } finally {
      session.delete();
    }
  }

  // Tells the page what is new; returns the figures with those of this session.
  #tell(session: RawLiveSession, update: RawLiveUpdate): WorkerFigures {
    const figures = addFigures(this.#before, figuresOf(session.state(), this.context.heapBytes()));
    const isNews =
      update.ran ||
      update.confirmed !== '' ||
      update.utteranceEnded ||
      update.speaking !== this.#wasSpeaking ||
      update.behind !== this.#wasBehind;
    if (!isNews) return figures;
    this.#wasSpeaking = update.speaking;
    this.#wasBehind = update.behind;
    const base_s = this.#base_s;
    const words = update.words.map((word) => ({
      ...word,
      start: word.start + base_s,
      end: word.end + base_s,
    }));
    const covered_s = this.#next_s - update.lagMs / 1000;
    this.context.emit({ update: { ...update, words }, figures, covered_s });
    return figures;
  }
}

// Live captions on the page's side: what is being said, as an iteration and as events, and the
// transcript of all of it. Made by Transcriber.listen() and Transcriber.stream().
import { abortError, OutOfMemoryError, WorkerError } from './errors.js';
import type { LiveAudio, LiveAudioEvents } from './live_audio.js';
import { LiveFigures } from './live_figures.js';
import type { LiveLink } from './live_link.js';
import { LiveRestarts } from './live_restarts.js';
import type {
  LiveEvents,
  LiveHealth,
  LiveOptions,
  LiveState,
  LiveStats,
  LiveUpdate,
} from './live_types.js';
import type { LiveNews } from './live_wire.js';
import { Phrases } from './phrases.js';
import { Transcript } from './result.js';
import { UpdateQueue } from './update_queue.js';

type Listener<K extends keyof LiveEvents> = (event: CustomEvent<LiveEvents[K]>) => void;

export interface LiveCaptions {
  /** Calls back at one of {@link LiveEvents}. */
  addEventListener<K extends keyof LiveEvents>(
    type: K,
    listener: Listener<K> | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  /** As every EventTarget does. */
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  /** Ends that. */
  removeEventListener<K extends keyof LiveEvents>(
    type: K,
    listener: Listener<K> | null,
    options?: boolean | EventListenerOptions,
  ): void;
  /** As every EventTarget does. */
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | EventListenerOptions,
  ): void;
}

/** Opens the audio; what it tells goes to `events`. */
export type OpenAudio<A extends LiveAudio> = (events: LiveAudioEvents) => Promise<A> | A;

/**
 * Captions of what is being said. Iterate over it, or listen to its events ({@link LiveEvents});
 * `stop()` gives the transcript. To leave the iteration stops it, too.
 */
export class LiveCaptions<A extends LiveAudio = LiveAudio>
  extends EventTarget
  implements AsyncIterable<LiveUpdate>
{
  /** The transcript of everything, when it has ended; rejects with what made it fail. */
  readonly result: Promise<Transcript>;
  /** Settles when audio is taken: the person has allowed it. Rejects with why not. */
  readonly started: Promise<void>;

  #state: LiveState = 'starting';
  #health: LiveHealth = 'ok';
  #queue = new UpdateQueue();
  #phrases = new Phrases();
  #figures = new LiveFigures();
  #restarts = new LiveRestarts();
  #halt = new AbortController();
  #finish = new AbortController();
  #stopping = new AbortController();
  #failure: Error | undefined;
  #port: MessagePort | undefined;
  protected audio: A | undefined;

  /** @internal */
  constructor(
    private readonly link: LiveLink,
    private readonly options: LiveOptions,
    open: OpenAudio<A>,
  ) {
    super();
    const opening = this.#open(open);
    this.started = opening.then(() => {});
    this.result = this.#main(opening);
    // Who waits for neither hears of failures by the iteration or the event.
    this.started.catch(() => {});
    this.result.catch(() => {});
  }

  /** What it does. */
  get state(): LiveState {
    return this.#state;
  }

  /** How the audio arrives. */
  get health(): LiveHealth {
    return this.#health;
  }

  /** Figures so far. */
  get stats(): LiveStats {
    return this.#figures.stats();
  }

  /** The transcript of what is confirmed so far, with the times of its words. */
  get transcript(): Transcript {
    const segments = this.#phrases.segments();
    return new Transcript({
      text: segments
        .map(({ text }) => text)
        .join('')
        .trim(),
      language: this.#figures.language,
      segments,
      timings: this.#figures.timings(this.link.load_ms),
    });
  }

  /** Takes no more audio until resume(); what was said is confirmed to its end. */
  pause(): void {
    if (this.#state !== 'listening') return;
    this.#setState('paused');
    this.audio?.pause();
  }

  /**
   * Goes on after pause(), after the browser has suspended the audio (call it in a click then), or
   * with another microphone after one was lost.
   */
  async resume(): Promise<void> {
    if (this.#state === 'paused') this.#setState('listening');
    if (this.#state === 'listening') await this.audio?.resume();
  }

  /**
   * Ends it: what was said is confirmed to its end, and comes in the transcript. Where that fails,
   * `transcript` has what was confirmed before.
   */
  stop(): Promise<Transcript> {
    if (this.#state === 'stopping' || this.#state === 'stopped') return this.result;
    this.#setState('stopping');
    this.#stopping.abort();
    void this.audio?.end().then((isSaid) => {
      if (!isSaid) this.#finish.abort();
    });
    return this.result;
  }

  /** What is said, update by update. Who is slow sees fewer steps, but every word. */
  [Symbol.asyncIterator](): AsyncIterator<LiveUpdate> {
    return {
      next: () => this.#queue.next(),
      return: async () => {
        await this.stop();
        return { done: true, value: undefined };
      },
    };
  }

  /** @internal Ends it without its transcript. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#halt.abort();
  }

  #emit<K extends keyof LiveEvents>(type: K, detail: LiveEvents[K]): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #setState(state: LiveState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#emit('state', state);
  }

  #publish(updates: LiveUpdate[]): void {
    for (const update of updates) {
      this.#queue.push(update);
      this.#emit('update', update);
    }
  }

  async #main(opening: Promise<A | undefined>): Promise<Transcript> {
    const { signal } = this.options;
    const onAbort = () => this.fail(abortError(signal));
    signal?.addEventListener('abort', onAbort);
    if (signal?.aborted) onAbort();
    try {
      const serving = this.link.turn(() => this.#serve(opening), this.#halt.signal);
      // Audio that cannot be had, or is not wanted any more, need not wait for its turn.
      const needed = opening.then((audio) => (audio ? serving : undefined));
      await Promise.race([serving, needed, this.#halted()]);
      if (this.#failure) throw this.#failure;
      this.#queue.end();
      return this.transcript;
    } catch (thrown) {
      const error = (this.#failure ?? thrown) as Error;
      this.#queue.end(error);
      this.#emit('error', error);
      throw error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.audio?.close();
      this.#setState('stopped');
    }
  }

  // The audio, or nothing where stop() was called before it was there.
  async #open(open: OpenAudio<A>): Promise<A | undefined> {
    const opening = open(this.#audioEvents());
    if (!(opening instanceof Promise)) return this.#take(opening);
    const stopped = this.#until(this.#stopping.signal);
    const halted = this.#until(this.#halt.signal);
    const given = await Promise.race([opening, stopped, halted]);
    if (!given) {
      // The person may answer later.
      void opening.then((audio) => audio.close()).catch(() => {});
      return undefined;
    }
    return this.#take(given);
  }

  #take(audio: A): A {
    this.audio = audio;
    this.#attach(audio);
    this.#setState('listening');
    return audio;
  }

  #until(signal: AbortSignal): Promise<undefined> {
    return new Promise((resolve) => {
      if (signal.aborted) resolve(undefined);
      signal.addEventListener('abort', () => resolve(undefined));
    });
  }

  async #halted(): Promise<never> {
    await this.#until(this.#halt.signal);
    throw this.#failure;
  }

  async #serve(opening: Promise<A | undefined>): Promise<void> {
    const audio = await opening;
    if (!audio) return;
    while (!(await this.#servePart())) this.#attach(audio, this.#restarts.from_s);
  }

  // Audio waits in the port until a worker takes it.
  #attach(audio: A, from_s = 0): void {
    const { port1, port2 } = new MessageChannel();
    audio.attach(port1, from_s);
    this.#port = port2;
  }

  // Whether it ended well; if not, the worker died and another one goes on.
  async #servePart(): Promise<boolean> {
    try {
      await this.link.run(this.#port as MessagePort, this.options, {
        onNews: (news) => this.#onNews(news),
        stop: this.#halt.signal,
        finish: this.#finish.signal,
      });
      return true;
    } catch (error) {
      if (!this.#mayRestart(error)) throw error;
      this.#publish(this.#phrases.close());
      this.#emit('restart', { error: error as Error, count: this.#figures.restart() });
      return false;
    }
  }

  #mayRestart(error: unknown): boolean {
    const isDeath = error instanceof WorkerError || error instanceof OutOfMemoryError;
    if (!isDeath || !this.link.reopens || this.#halt.signal.aborted) return false;
    return this.#restarts.allow(performance.now());
  }

  #onNews(news: LiveNews): void {
    this.#restarts.news(news);
    const isSpeaking = this.#figures.news(news);
    if (isSpeaking !== undefined) this.#emit('speech', isSpeaking);
    this.#publish(this.#phrases.take(news.update));
  }

  #audioEvents(): LiveAudioEvents {
    return {
      health: (health) => {
        if (health === this.#health) return;
        this.#health = health;
        this.#emit('health', health);
      },
      report: (report) => {
        const lost = this.#figures.report(report, this.audio?.sampleRate ?? 0);
        if (lost !== undefined) this.#emit('lost', lost);
        this.#emit('level', { peak: report.peak, rms: report.rms });
      },
      ended: () => void this.stop(),
      failed: (error) => this.fail(error),
    };
  }
}

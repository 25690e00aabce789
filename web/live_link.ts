// What live captions need of the transcriber: its turn, and workers that listen.
import type { LiveOptions } from './live_types.js';
import type { LiveNews } from './live_wire.js';

/** What the transcriber does for a session of live captions. */
export interface LiveLink {
  /** Whether a worker that died can be replaced. */
  readonly reopens: boolean;
  readonly load_ms: number;
  /** Runs when earlier calls have ended. */
  turn<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
  /** One worker's part: ends when its audio has ended. */
  run(port: MessagePort, options: LiveOptions, part: LivePart): Promise<void>;
}

export interface LivePart {
  onNews(news: LiveNews): void;
  /** Stops it at once. */
  stop: AbortSignal;
  /** Ends it though its audio did not say that it ended. */
  finish: AbortSignal;
}

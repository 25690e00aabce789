// When live captions go on in another worker, and from where that one hears the audio again. Pure.
import type { LiveNews } from './live_wire.js';

// A worker that dies again and again is not started anew forever.
const kMostRestarts = 3;
const kRestartSpan_ms = 60_000;

// Speech is noticed a little after it begins: as much before it is heard with it (`lead_ms` of
// StreamOptions).
const kLead_s = 0.3;

export class LiveRestarts {
  #restarts_ms: number[] = [];
  #covered_s = 0;
  #confirmed_s = 0;

  /** Takes what the worker tells. */
  news({ update, covered_s }: LiveNews): void {
    this.#covered_s = covered_s;
    this.#confirmed_s = update.words.at(-1)?.end ?? this.#confirmed_s;
  }

  /** Where what is not yet written begins, in seconds of the source: never within a written word. */
  get from_s(): number {
    return Math.max(this.#confirmed_s, this.#covered_s - kLead_s);
  }

  /** A worker died: whether there is to be another one. */
  allow(now_ms: number): boolean {
    this.#restarts_ms = this.#restarts_ms.filter((at_ms) => now_ms - at_ms < kRestartSpan_ms);
    this.#restarts_ms.push(now_ms);
    return this.#restarts_ms.length <= kMostRestarts;
  }
}

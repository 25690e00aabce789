// Updates on their way to an iteration. Who is slow sees fewer steps, but every word: an update
// that was not taken yet is replaced by the next one of its phrase.
import type { LiveUpdate } from './live_types.js';

type Waiter = { resolve: (result: IteratorResult<LiveUpdate>) => void; reject: (e: Error) => void };

export class UpdateQueue {
  #updates: LiveUpdate[] = [];
  #waiters: Waiter[] = [];
  #end: { error: Error | undefined } | undefined;

  push(update: LiveUpdate): void {
    const waiter = this.#waiters.shift();
    if (waiter) {
      waiter.resolve({ done: false, value: update });
      return;
    }
    const last = this.#updates.at(-1);
    if (last && !last.isFinal && last.phrase === update.phrase) {
      this.#updates[this.#updates.length - 1] = {
        ...update,
        words: [...last.words, ...update.words],
      };
    } else {
      this.#updates.push(update);
    }
  }

  /** There will be no more; an error is thrown behind what is left. */
  end(error?: Error): void {
    if (this.#end) return;
    this.#end = { error };
    for (const waiter of this.#waiters) this.#settle(waiter);
    this.#waiters = [];
  }

  next(): Promise<IteratorResult<LiveUpdate>> {
    const update = this.#updates.shift();
    if (update) return Promise.resolve({ done: false, value: update });
    return new Promise((resolve, reject) => {
      const waiter = { resolve, reject };
      if (this.#end) this.#settle(waiter);
      else this.#waiters.push(waiter);
    });
  }

  #settle({ resolve, reject }: Waiter): void {
    const error = this.#end?.error;
    if (!error) {
      resolve({ done: true, value: undefined });
      return;
    }
    // Thrown once; whoever asks again is told that it is over.
    this.#end = { error: undefined };
    reject(error);
  }
}

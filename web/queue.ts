// Calls take turns: one at a time, in the order in which they came.
import { abortError } from './errors.js';

export class CallQueue {
  #tail: Promise<unknown> = Promise.resolve();

  /**
   * Runs `work` when all earlier work has ended. A call that is aborted while it waits rejects at
   * once and leaves its place; one that has begun is left to stop by itself.
   */
  run<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const leave = () => reject(abortError(signal));
      if (signal?.aborted) {
        leave();
        return;
      }
      signal?.addEventListener('abort', leave);
      const turn = this.#tail.then(async () => {
        signal?.removeEventListener('abort', leave);
        if (!signal?.aborted) resolve(await work());
      });
      this.#tail = turn.catch(reject);
    });
  }
}

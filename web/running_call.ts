// A call while the worker is at it: takes its events, gives it audio.
import type { WorkerEvent } from './wire.js';

export class RunningCall {
  #thrown: { error: unknown } | undefined;

  constructor(
    private readonly deliver: (event: WorkerEvent) => void,
    readonly pull: (maxSamples: number) => Float32Array = () => new Float32Array(0),
    private readonly stop: () => void = () => {},
  ) {}

  /** Hands an event on. A callback of the caller that throws ends its call. */
  onEvent(event: WorkerEvent): void {
    if (this.#thrown) return;
    try {
      this.deliver(event);
    } catch (error) {
      this.#thrown = { error };
      this.stop();
    }
  }

  /** Throws what a callback threw, which matters more than how the stopped call ended. */
  throwIfFailed(): void {
    if (this.#thrown) throw this.#thrown.error;
  }
}

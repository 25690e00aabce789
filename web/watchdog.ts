// Knows from what arrives, and when, how the audio is: a pure state machine with the caller's clock.
import type { LiveHealth } from './live_types.js';

// A block comes every 40 ms; two seconds without any is no hiccup of a busy machine.
const kNoInput_ms = 2000;

// Rooms are never quite silent: exact zeros for so long are a switched-off or muted microphone.
const kSilent_ms = 3000;

// Audio that a browser lets start runs within some 100 ms; after three seconds it has nothing to run by.
export const kNoOutput_ms = 3000;

/** How often tick() is called. */
export const kWatch_ms = 500;

// Ticks that come so late say that the page was held up, and blocks may be waiting behind them.
const kHeldUp_ms = 4 * kWatch_ms;

export interface WatchdogOptions {
  /** A microphone always gives something; what plays in a tab may pause. */
  expectsSound: boolean;
}

export class Watchdog {
  #health: LiveHealth = 'ok';
  #lastBlock_ms: number;
  #lastSound_ms: number;
  #lastTick_ms: number;
  #isLost = false;
  #isSuspended = false;
  /** Since when the browser lets its audio run and it does not. */
  #stuck_ms: number | undefined;
  #isPaused = false;

  constructor(
    private readonly options: WatchdogOptions,
    private readonly onChange: (health: LiveHealth) => void,
    now_ms: number,
  ) {
    this.#lastBlock_ms = now_ms;
    this.#lastSound_ms = now_ms;
    this.#lastTick_ms = now_ms;
  }

  get health(): LiveHealth {
    return this.#health;
  }

  /** A block arrived: from a device (`isConnected`) or in place of one, with sound or only zeros. */
  block(
    now_ms: number,
    { isSound, isConnected }: { isSound: boolean; isConnected: boolean },
  ): void {
    if (isConnected || !this.options.expectsSound) this.#lastBlock_ms = now_ms;
    if (isSound) this.#lastSound_ms = now_ms;
    this.#judge(now_ms);
  }

  /** Called every kWatch_ms. */
  tick(now_ms: number): void {
    if (now_ms - this.#lastTick_ms > kHeldUp_ms) this.#startOver(now_ms);
    this.#lastTick_ms = now_ms;
    this.#judge(now_ms);
  }

  /** The device is gone, or there is one again. */
  setLost(isLost: boolean, now_ms: number): void {
    if (this.#isLost && !isLost) this.#startOver(now_ms);
    this.#isLost = isLost;
    this.#judge(now_ms);
  }

  /**
   * The browser's audio stands still, or goes on. `mayRun`: the browser says that it does not wait for
   * the person.
   */
  setSuspended(isSuspended: boolean, now_ms: number, mayRun = false): void {
    if (this.#isSuspended && !isSuspended) this.#startOver(now_ms);
    this.#isSuspended = isSuspended;
    if (isSuspended && mayRun) this.#stuck_ms ??= now_ms;
    else this.#stuck_ms = undefined;
    this.#judge(now_ms);
  }

  /** Nothing is expected while paused. */
  setPaused(isPaused: boolean, now_ms: number): void {
    this.#isPaused = isPaused;
    this.#startOver(now_ms);
    this.#judge(now_ms);
  }

  #startOver(now_ms: number): void {
    this.#lastBlock_ms = now_ms;
    this.#lastSound_ms = now_ms;
    if (this.#stuck_ms !== undefined) this.#stuck_ms = now_ms;
  }

  #judge(now_ms: number): void {
    const health = this.#judged(now_ms);
    if (health === this.#health) return;
    this.#health = health;
    this.onChange(health);
  }

  #judged(now_ms: number): LiveHealth {
    if (this.#isLost) return 'device-lost';
    if (this.#isPaused) return 'ok';
    if (this.#isSuspended) {
      const isStuck = this.#stuck_ms !== undefined && now_ms - this.#stuck_ms > kNoOutput_ms;
      return isStuck ? 'no-output' : 'suspended';
    }
    if (now_ms - this.#lastBlock_ms > kNoInput_ms) return 'no-input';
    if (this.options.expectsSound && now_ms - this.#lastSound_ms > kSilent_ms) {
      return 'silent-input';
    }
    return 'ok';
  }
}

// Weights of voice activity, which the engine reads when a transcription first needs them. Worker
// side only.
import { SottoError } from './errors.js';
import { withModel } from './model_bytes.js';
import type { RawEngine, RawSessionOptions } from './raw.js';
import { unwrap } from './raw_errors.js';
import type { VadRequest } from './wire.js';

export class VoiceActivity {
  #engine: RawEngine;
  #request: VadRequest;
  #state: 'new' | 'ready' | 'unreadable' = 'new';

  constructor(engine: RawEngine, request: VadRequest) {
    this.#engine = engine;
    this.#request = request;
  }

  /**
   * Makes the engine ready for a session that listens for speech. Where nobody asked for that, it
   * is no failure that the weights cannot be read, and they are not tried again. Says whether the
   * session can listen for speech.
   */
  async prepare(vad: RawSessionOptions['vad'], signal: AbortSignal): Promise<boolean> {
    const wanted = this.#request.wanted || vad === 'on';
    if (vad === 'off') return false;
    if (this.#state === 'ready') return true;
    if (this.#state === 'unreadable' && !wanted) return false;
    try {
      await this.#load(signal);
      this.#state = 'ready';
      return true;
    } catch (error) {
      if (wanted || !(error instanceof SottoError)) throw error;
      this.#state = 'unreadable';
      return false;
    }
  }

  async #load(signal: AbortSignal): Promise<void> {
    await withModel(this.#request.model, { signal }, (source) =>
      unwrap(this.#engine.loadVad(source), 'model'),
    );
  }
}

// What live text is held against: the whole recording at once, and a plain sliding window.
import { unwrap } from './raw.mjs';

function segmentsOf(engine, { samples, rate_hz }, options) {
  const session = unwrap(engine.newSession(options));
  try {
    unwrap(session.push(samples, rate_hz));
    unwrap(session.finish());
    unwrap(session.step(0));
    return session.segments(0);
  } finally {
    session.delete();
  }
}

/** Words with their times, of the recording as a file. */
export function transcribeWhole(engine, audio, language) {
  const options = { language, timestamps: 'word', temperatures: [0] };
  return segmentsOf(engine, audio, options).flatMap((segment) => segment.words);
}

const kNothing = {
  ran: false,
  utteranceEnded: false,
  words: [],
  tentative: '',
  passMs: 0,
  lagMs: 0,
};

/**
 * The shape of a live session over a plain sliding window of 5 s, as whisper.cpp's stream example
 * has it: every half second the last audio is transcribed anew, and what it says replaces what the
 * last one said; when the window is full its text stays, and a new one begins.
 */
export class WindowSession {
  #engine;
  #language;
  #rate_hz = 0;
  #window = new Float32Array();
  #pushed = 0;
  #begin_s = 0;
  #tentative = '';
  #due_ms = 0;

  static kLength_s = 5;
  static kStep_ms = 500;
  // Of a full window, what the next one hears again.
  static kKept_s = 0.2;

  constructor(engine, language) {
    this.#engine = engine;
    this.#language = language;
  }

  push(samples, rate_hz) {
    const window = new Float32Array(this.#window.length + samples.length);
    window.set(this.#window);
    window.set(samples, this.#window.length);
    this.#window = window;
    this.#rate_hz = rate_hz;
    this.#pushed += samples.length;
    return { ok: true, value: undefined };
  }

  #hear(confirms) {
    const options = { language: this.#language, timestamps: 'none', temperatures: [0] };
    const audio = { samples: this.#window, rate_hz: this.#rate_hz };
    const text = segmentsOf(this.#engine, audio, options)
      .map((segment) => segment.text)
      .join('');
    this.#tentative = confirms ? '' : text;
    const tentative = this.#tentative;
    return {
      ok: true,
      value: { ...kNothing, ran: true, tentative, words: this.#keep(confirms, text) },
    };
  }

  // Of a full window all that it says, as if it were one word.
  #keep(confirms, word) {
    if (!confirms) return [];
    const [start, end] = [this.#begin_s, this.#pushed / this.#rate_hz];
    this.#window = this.#window.slice(-WindowSession.kKept_s * this.#rate_hz);
    this.#begin_s = end;
    return word === '' ? [] : [{ word, start, end, probability: 1 }];
  }

  step(now_ms) {
    const length_s = this.#window.length / Math.max(this.#rate_hz, 1);
    if (now_ms < this.#due_ms || length_s < 2 * WindowSession.kKept_s) {
      return { ok: true, value: { ...kNothing, tentative: this.#tentative } };
    }
    this.#due_ms = now_ms + WindowSession.kStep_ms;
    return this.#hear(length_s >= WindowSession.kLength_s);
  }

  finish() {
    return this.#hear(true);
  }

  delete() {}
}

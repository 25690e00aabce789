// Public types of live captions.
import type { Word } from './transcript_types.js';

/**
 * When a word is confirmed: 'agreement', when two successive hypotheses have it (LocalAgreement-2);
 * 'alignatt', when what the model heard of it lies far enough before the newest audio (AlignAtt);
 * 'both', when both hold.
 */
export type LivePolicy = 'both' | 'agreement' | 'alignatt';

/** Options of {@link Transcriber.stream}, and among those of {@link Transcriber.listen}. */
export interface LiveOptions {
  /** Language spoken, as a code ('en') or a name; 'auto', the default, detects it. */
  language?: string | undefined;
  /** 'translate' writes English whatever is spoken; for multilingual models. */
  task?: 'transcribe' | 'translate' | undefined;
  /** When a word is confirmed; 'both' if not given. */
  policy?: LivePolicy | undefined;
  /**
   * New audio that is waited for before the next look at it, in milliseconds; the engine's own
   * default if not given. Where the machine cannot keep up it grows by itself.
   */
  stepMs?: number | undefined;
  /**
   * Whether Silero VAD hears if somebody speaks. If not given, it does where the weights of
   * `vadModel` can be read; `true` fails without them; `false` goes by loudness, which takes loud
   * noise for speech.
   */
  vad?: boolean | undefined;
  /**
   * Texts that are followed where words are improbable, up to 32; 5 if not given. 1 is the fastest,
   * and writes one word in a hundred more wrong.
   */
  beamSize?: number | undefined;
  /** Text that sets names and style. */
  initialPrompt?: string | undefined;
  /** Words that are likely to be said. */
  hotwords?: string | undefined;
  /** Stops at once; the result then rejects with an `AbortError`. `stop()` writes what was said. */
  signal?: AbortSignal | undefined;
}

/** How a microphone is opened; of other sources they say nothing. */
export interface CaptureOptions {
  /** Which microphone, as of `navigator.mediaDevices.enumerateDevices()`; the system's if not given. */
  deviceId?: string | undefined;
  /** Leave out what the loudspeakers play; true if not given. */
  echoCancellation?: boolean | undefined;
  /** Let the browser reduce noise; false if not given, since it takes from speech what is heard by. */
  noiseSuppression?: boolean | undefined;
  /** Let the browser level the loudness; true if not given. */
  autoGainControl?: boolean | undefined;
}

/** Options of {@link Transcriber.listen}. */
export interface ListenOptions extends LiveOptions, CaptureOptions {}

/**
 * What is listened to: 'microphone'; 'display', sound of a tab or the screen, which the browser asks
 * for; a stream, which stays the caller's; or an `<audio>` or `<video>` that the page may read (of
 * its own origin, or with CORS). An element that was listened to once plays through this package's
 * audio context from then on, as the browser has no way back.
 */
export type LiveSource = 'microphone' | 'display' | MediaStream | HTMLMediaElement;

/** One step of live captions. Together, `confirmed` of all that are final is the whole text. */
export interface LiveUpdate {
  /** Counts phrases from 0: a new one begins after each that is final. */
  phrase: number;
  /** Text of this phrase that will never change, only grow. */
  confirmed: string;
  /**
   * What may follow it, with the space before it where there is one; may change, or go away. Empty
   * where `isFinal`.
   */
  tentative: string;
  /** Words that are newly confirmed, with their times. */
  words: Word[];
  /** The phrase is complete. */
  isFinal: boolean;
  /** Milliseconds of audio that neither confirmed text nor silence covers yet. */
  lagMs: number;
}

/** What a session of live captions does. */
export type LiveState = 'starting' | 'listening' | 'paused' | 'stopping' | 'stopped';

/**
 * How the audio arrives: 'ok'; 'no-input', nothing arrives; 'silent-input', only zeros do, as from a
 * microphone that is switched off; 'device-lost', the device was unplugged or taken away;
 * 'suspended', the browser holds the audio back until the page is used: call `resume()` in a click;
 * 'no-output', the browser holds nothing back and its audio does not start, as in Firefox where the
 * machine has no sound device to play by.
 */
export type LiveHealth =
  | 'ok'
  | 'no-input'
  | 'silent-input'
  | 'device-lost'
  | 'suspended'
  | 'no-output';

/** Loudness of the newest block of audio, from 0 to 1. */
export interface LiveLevel {
  /** The largest sample, in [0, 1]. */
  peak: number;
  /** The root of the mean square, in [0, 1]. */
  rms: number;
}

/** Figures of a session of live captions. */
export interface LiveStats {
  /** Seconds of audio that were heard. */
  audioS: number;
  /** Sample frames per second, as the device gives them; 0 before the first. */
  sampleRate: number;
  /** Blocks of audio that were lost because the engine did not give their memory back in time. */
  lostBlocks: number;
  /** Looks at the audio so far. */
  passes: number;
  /** Milliseconds that the last one took. */
  passMs: number;
  /** Milliseconds that all of them took. */
  computeMs: number;
  /** Milliseconds of audio that neither confirmed text nor silence covers yet. */
  lagMs: number;
  /** Milliseconds of new audio that are waited for before a look. */
  stepMs: number;
  /** The machine cannot keep up, so that the step was made longer. */
  behind: boolean;
  /** Somebody speaks. */
  speaking: boolean;
  /** WebAssembly memory. */
  heapBytes: number;
  /** How often the worker was started anew. */
  restarts: number;
}

/** What the event `restart` tells. */
export interface LiveRestart {
  /** Why the worker had to be started anew. */
  error: Error;
  /** How often that has happened. */
  count: number;
}

/** Events of {@link LiveCaptions}, and their `detail`. */
export interface LiveEvents {
  /** The state changed. */
  state: LiveState;
  /** The same that the iteration gives. */
  update: LiveUpdate;
  /** How the audio arrives changed. */
  health: LiveHealth;
  /** Loudness, some 25 times a second. */
  level: LiveLevel;
  /** Somebody began to speak (true), or stopped. */
  speech: boolean;
  /** Blocks of audio were lost: how many in all. */
  lost: number;
  /** The worker died and was started anew: confirmed text is kept, the rest is heard once more. */
  restart: LiveRestart;
  /** The session failed; `stopped` comes as the next state. */
  error: Error;
}

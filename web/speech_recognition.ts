// The Web Speech API's SpeechRecognition on this engine, so that pages written for it run unchanged:
//
//   import { SpeechRecognition } from 'sotto';
//   window.SpeechRecognition = window.webkitSpeechRecognition = SpeechRecognition;
import {
  BusyError,
  DeviceError,
  isAbort,
  NetworkError,
  OptionError,
  PermissionError,
} from './errors.js';
import type { LiveCaptions } from './live.js';
import type { ListenOptions, LiveSource, LiveUpdate } from './live_types.js';
import { withShared } from './shared.js';
import type { RecognitionErrorCode } from './speech_events.js';
import { RecognitionErrorEvent, type RecognitionEvent, ResultList } from './speech_events.js';
import type { Transcriber } from './transcriber.js';
import type { TranscriberOptions } from './types.js';

/** What all recognitions of a page run on. */
export interface RecognitionSettings
  extends Omit<TranscriberOptions, 'onProgress' | 'signal' | 'transfer'> {
  /** The transcriber to run on; if not given, one that is shared, made of the other settings. */
  transcriber?: Transcriber | undefined;
  /** What is listened to; the microphone if not given. */
  source?: LiveSource | undefined;
  /** Options of listening, but for the language, which is `lang`. */
  listen?: Omit<ListenOptions, 'language' | 'signal'> | undefined;
}

// Who listens for one phrase and hears nobody for so long gives up, as browsers do.
const kNoSpeech_ms = 8000;

const kEventTypes = [
  'start',
  'audiostart',
  'soundstart',
  'speechstart',
  'speechend',
  'soundend',
  'audioend',
  'result',
  'nomatch',
  'error',
  'end',
] as const;

/** Is told of an event; none where it is null. */
export type RecognitionHandler<E extends Event = Event> = ((event: E) => void) | null;

class NoSpeech extends Error {
  constructor() {
    super(`expected speech within ${kNoSpeech_ms / 1000} s; got none`);
  }
}

function codeOf(error: unknown): RecognitionErrorCode {
  if (error instanceof NoSpeech) return 'no-speech';
  if (isAbort(error) || error instanceof BusyError) return 'aborted';
  if (error instanceof PermissionError) return 'not-allowed';
  if (error instanceof DeviceError) return 'audio-capture';
  if (error instanceof NetworkError) return 'network';
  if (error instanceof OptionError) return 'language-not-supported';
  return 'service-not-allowed';
}

/** Speech recognition in the shape of the Web Speech API, without a server. */
export class SpeechRecognition extends EventTarget {
  /** What recognitions that start from now on run on. */
  static settings: RecognitionSettings = {};

  /** Language as in 'en-US'; the document's if empty, and detected where that has none. */
  lang = '';
  /** Go on after the first phrase. */
  continuous = false;
  /** Give results that are not final. */
  interimResults = false;
  /** There is always one alternative; kept for pages that set it. */
  maxAlternatives = 1;
  /** Grammars have no effect, as in browsers; kept for pages that set them. */
  grammars: unknown = null;

  /** Listening has begun. */
  onstart: RecognitionHandler = null;
  /** Sound is taken. */
  onaudiostart: RecognitionHandler = null;
  /** There is sound. */
  onsoundstart: RecognitionHandler = null;
  /** Somebody speaks. */
  onspeechstart: RecognitionHandler = null;
  /** Nobody speaks any more. */
  onspeechend: RecognitionHandler = null;
  /** There is no sound any more. */
  onsoundend: RecognitionHandler = null;
  /** No more sound is taken. */
  onaudioend: RecognitionHandler = null;
  /** Phrases are new or have changed. */
  onresult: RecognitionHandler<RecognitionEvent> = null;
  /** Kept for pages that set it: what is heard always has a result. */
  onnomatch: RecognitionHandler<RecognitionEvent> = null;
  /** Recognition failed, or nobody spoke. */
  onerror: RecognitionHandler<RecognitionErrorEvent> = null;
  /** It has ended, however it did. */
  onend: RecognitionHandler = null;

  #run: { abort: AbortController; isStopped: boolean; captions?: LiveCaptions } | undefined;

  constructor() {
    super();
    for (const type of kEventTypes) {
      this.addEventListener(type, (event) => {
        (this[`on${type}`] as RecognitionHandler)?.call(this, event);
      });
    }
  }

  /** Begins to listen: to the track if one is given. InvalidStateError where it does already. */
  start(track?: MediaStreamTrack): void {
    if (this.#run) {
      throw new DOMException('recognition has already started', 'InvalidStateError');
    }
    this.#run = { abort: new AbortController(), isStopped: false };
    void this.#work(track);
  }

  /** Ends it; what was said still comes as a result. */
  stop(): void {
    if (!this.#run) return;
    this.#run.isStopped = true;
    if (this.#run.captions) void this.#run.captions.stop().catch(() => {});
  }

  /** Ends it without a result. */
  abort(): void {
    this.#run?.abort.abort();
  }

  async #work(track: MediaStreamTrack | undefined): Promise<void> {
    const { transcriber, source, listen, ...create } = SpeechRecognition.settings;
    const heard = track ? new MediaStream([track]) : source;
    const signal = this.#run?.abort.signal as AbortSignal;
    const use = (t: Transcriber) => this.#listen(t, heard, { ...listen, signal });
    try {
      if (transcriber) await use(transcriber);
      else await withShared(create, signal, use);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.dispatchEvent(new RecognitionErrorEvent(codeOf(error), message));
    }
    this.#run = undefined;
    this.#say('end');
  }

  async #listen(
    transcriber: Transcriber,
    source: LiveSource | undefined,
    options: ListenOptions,
  ): Promise<void> {
    const run = this.#run;
    if (!run || run.isStopped) return;
    const language = this.#language(transcriber);
    const captions = transcriber.listen(source, { ...options, language });
    run.captions = captions;
    await captions.started;
    this.#say('start');
    this.#say('audiostart');
    const watch = this.#watchSpeech(captions);
    try {
      const results = new ResultList(language, this.interimResults);
      for await (const update of captions) {
        watch.heard();
        this.#tell(results, update, captions);
      }
    } finally {
      watch.end();
      this.#say('audioend');
    }
    if (watch.isSilent()) throw new NoSpeech();
  }

  #tell(results: ResultList, update: LiveUpdate, captions: LiveCaptions): void {
    const event = results.take(update);
    if (event) this.dispatchEvent(event);
    if (update.isFinal && !this.continuous) void captions.stop().catch(() => {});
  }

  // Browsers tell of sound and of speech; here speech is what counts as sound.
  #watchSpeech(captions: LiveCaptions) {
    let isSpeaking = false;
    let isSilent = false;
    const giveUp = () => {
      isSilent = true;
      void captions.stop().catch(() => {});
    };
    const timer = this.continuous ? undefined : setTimeout(giveUp, kNoSpeech_ms);
    const onSpeech = ({ detail }: CustomEvent<boolean>) => {
      clearTimeout(timer);
      if (detail === isSpeaking) return;
      isSpeaking = detail;
      for (const type of detail ? ['soundstart', 'speechstart'] : ['speechend', 'soundend']) {
        this.#say(type);
      }
    };
    captions.addEventListener('speech', onSpeech);
    return {
      heard: () => clearTimeout(timer),
      isSilent: () => isSilent,
      end: () => {
        clearTimeout(timer);
        captions.removeEventListener('speech', onSpeech);
        if (isSpeaking) onSpeech(new CustomEvent('speech', { detail: false }));
      },
    };
  }

  #language({ info }: Transcriber): string {
    const wanted = this.lang || globalThis.document?.documentElement.lang || 'auto';
    // Whisper knows languages, not countries.
    const language = wanted.toLowerCase().split(/[-_]/)[0] as string;
    if (!info.model.multilingual && language !== 'en' && language !== 'auto') {
      throw new OptionError(
        `lang: expected English, which is what the model knows; got '${wanted}'`,
      );
    }
    return language;
  }

  #say(type: string): void {
    this.dispatchEvent(new Event(type));
  }
}

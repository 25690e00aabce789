// What SpeechRecognition hands to pages: results and events in the shape of the Web Speech API.
import type { LiveUpdate } from './live_types.js';

/** What was understood. */
export interface RecognizedAlternative {
  /** The words. */
  readonly transcript: string;
  /** From 0 to 1: the mean probability of its words. */
  readonly confidence: number;
}

/** Alternatives of one phrase, of which there is one. */
export class RecognizedResult {
  /** The one. */
  readonly 0: RecognizedAlternative;
  /** How many there are. */
  readonly length = 1;

  constructor(
    alternative: RecognizedAlternative,
    /** Whether it will not change any more. */
    readonly isFinal: boolean,
  ) {
    this[0] = alternative;
  }

  /** The alternative at that index. */
  item(index: number): RecognizedAlternative | undefined {
    return index === 0 ? this[0] : undefined;
  }

  /** All of them. */
  *[Symbol.iterator](): Iterator<RecognizedAlternative> {
    yield this[0];
  }
}

/** Phrases so far; the last one may not be final. */
export class RecognizedResults {
  /** A phrase. */
  readonly [index: number]: RecognizedResult;
  /** How many there are. */
  readonly length: number;

  constructor(results: readonly RecognizedResult[]) {
    this.length = results.length;
    Object.assign(this, results);
  }

  /** The phrase at that index. */
  item(index: number): RecognizedResult | undefined {
    return this[index];
  }

  /** All of them. */
  *[Symbol.iterator](): Iterator<RecognizedResult> {
    for (let i = 0; i < this.length; i++) yield this[i] as RecognizedResult;
  }
}

/** `result`: phrases from `resultIndex` on are new or have changed. */
export class RecognitionEvent extends Event {
  constructor(
    type: string,
    /** The first phrase that is new or has changed. */
    readonly resultIndex: number,
    /** All phrases so far. */
    readonly results: RecognizedResults,
  ) {
    super(type);
  }
}

/** The names of failures that the Web Speech API has. */
export type RecognitionErrorCode =
  | 'no-speech'
  | 'aborted'
  | 'audio-capture'
  | 'network'
  | 'not-allowed'
  | 'service-not-allowed'
  | 'language-not-supported';

/** `error`: recognition failed, or nobody spoke; it ends. */
export class RecognitionErrorEvent extends Event {
  constructor(
    /** Which failure it was. */
    readonly error: RecognitionErrorCode,
    /** What was expected and what came. */
    readonly message: string,
  ) {
    super('error');
  }
}

// Written without spaces between words, and so without any between phrases.
const kUnspaced = /^(zh|yue|ja|th|lo|my)\b/i;

/** Puts updates together to the list of results that events carry. */
export class ResultList {
  #results: RecognizedResult[] = [];
  #probabilities: number[] = [];

  constructor(
    private readonly language: string,
    private readonly wantsInterim: boolean,
  ) {}

  /** The event that an update means; none where the page does not want it. */
  take({ confirmed, tentative, words, isFinal }: LiveUpdate): RecognitionEvent | undefined {
    this.#probabilities.push(...words.map(({ probability }) => probability));
    const last = this.#results.at(-1);
    const index = last && !last.isFinal ? this.#results.length - 1 : this.#results.length;
    if (!isFinal && !this.wantsInterim) return undefined;
    const gap = index > 0 && !kUnspaced.test(this.language) ? ' ' : '';
    const transcript = gap + confirmed + tentative;
    const confidence = this.#confidence();
    if (isFinal) this.#probabilities = [];
    this.#results = this.#results.slice(0, index);
    this.#results.push(new RecognizedResult({ transcript, confidence }, isFinal));
    return new RecognitionEvent('result', index, new RecognizedResults(this.#results));
  }

  #confidence(): number {
    const sum = this.#probabilities.reduce((sum, value) => sum + value, 0);
    return this.#probabilities.length > 0 ? sum / this.#probabilities.length : 0;
  }
}

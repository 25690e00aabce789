// Puts confirmed words together to phrases, and those to a transcript. Pure.
import type { LiveUpdate } from './live_types.js';
import type { RawLiveUpdate } from './raw.js';
import type { Segment, Word } from './transcript_types.js';

// A phrase ends with its utterance, or with a sentence once it is so long: who speaks without
// pauses still gets captions of a readable length.
const kPhrase_s = 5;

// With closing quotes and brackets behind; the wide forms are those of Chinese and Japanese.
const kSentenceEnd = /[.!?…。！？]["'”’»)\]」』）]*\s*$/u;

const textOf = (words: readonly Word[]) =>
  words
    .map(({ word }) => word)
    .join('')
    .trim();

/** Log of the probabilities' geometric mean, as segments have it of their tokens. */
function meanLog(words: readonly Word[]): number {
  const logs = words.map(({ probability }) => Math.log(Math.max(probability, 1e-10)));
  return logs.reduce((sum, log) => sum + log, 0) / Math.max(1, logs.length);
}

type News = Pick<RawLiveUpdate, 'words' | 'tentative' | 'utteranceEnded' | 'lagMs'>;

export class Phrases {
  #segments: Segment[] = [];
  #words: Word[] = [];
  #tentative = '';
  #phrase = 0;

  /** Phrases so far; of one that is being said, what is confirmed. */
  segments(): Segment[] {
    return this.#words.length > 0 ? [...this.#segments, this.#segment()] : [...this.#segments];
  }

  /** What an update of the engine means to those who show it. */
  take({ words, tentative, utteranceEnded, lagMs }: News): LiveUpdate[] {
    const updates: LiveUpdate[] = [];
    let fresh: Word[] = [];
    for (const word of words) {
      this.#words.push(word);
      fresh.push(word);
      if (!this.#endsHere(word)) continue;
      updates.push(this.#close(fresh, lagMs));
      fresh = [];
    }
    if (utteranceEnded && this.#words.length > 0) return [...updates, this.#close(fresh, lagMs)];
    const text = utteranceEnded ? '' : this.#words.length > 0 ? tentative : tentative.trimStart();
    if (fresh.length > 0 || text !== this.#tentative) {
      this.#tentative = text;
      updates.push(this.#update(fresh, lagMs, false));
    }
    return updates;
  }

  /** Ends the phrase at hand, whose tentative part is lost. */
  close(): LiveUpdate[] {
    return this.take({ words: [], tentative: '', utteranceEnded: true, lagMs: 0 });
  }

  #endsHere(word: Word): boolean {
    const start_s = this.#words[0]?.start ?? word.start;
    return word.end - start_s >= kPhrase_s && kSentenceEnd.test(word.word);
  }

  #update(words: Word[], lagMs: number, isFinal: boolean): LiveUpdate {
    const confirmed = textOf(this.#words);
    const tentative = isFinal ? '' : this.#tentative;
    return { phrase: this.#phrase, confirmed, tentative, words, isFinal, lagMs };
  }

  #close(words: Word[], lagMs: number): LiveUpdate {
    const update = this.#update(words, lagMs, true);
    this.#segments.push(this.#segment());
    this.#phrase++;
    this.#words = [];
    this.#tentative = '';
    return update;
  }

  #segment(): Segment {
    const words = this.#words;
    const start = words[0]?.start ?? 0;
    return {
      id: this.#segments.length,
      // Nothing was heard of it before.
      seek: Math.floor(start * 100),
      start,
      end: words.at(-1)?.end ?? 0,
      text: words.map(({ word }) => word).join(''),
      tokens: [],
      avgLogProb: meanLog(words),
      noSpeechProb: 0,
      temperature: 0,
      compressionRatio: 0,
      words: [...words],
    };
  }
}

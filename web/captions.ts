// Segments cut into captions that fit a screen and can be read in time: for pages, which have no
// engine beside them, what src/text/caption_layout.cc is for the command. tests/captions/cases.json
// holds both to the same captions.
import type { CaptionLayout, Segment, Word } from './transcript_types.js';

/** What captions need of a segment. */
export type Cue = Pick<Segment, 'start' | 'end' | 'text'> & {
  /** Its words, where their times are known. */
  words?: readonly Pick<Word, 'start' | 'end' | 'word'>[] | undefined;
};

interface LaidWord {
  start: number;
  end: number;
  /** Its characters, without white space around them. */
  letters: string[];
  /** Whether white space stands before it. */
  spaced: boolean;
}

type LaidCue = Cue & { words: Pick<Word, 'start' | 'end' | 'word'>[] };

// Not \s: a no-break space is meant to stay.
const kSpace = /[ \t\v\f\r\n]+/;

const pieces = (text: string) => text.split(kSpace).filter((piece) => piece !== '');

function wordsWithTimes(words: NonNullable<Cue['words']>): LaidWord[] {
  return words.flatMap(({ start, end, word }) => {
    const letters = [...pieces(word).join(' ')];
    const spaced = kSpace.test(word.charAt(0));
    return letters.length > 0 ? [{ start, end, letters, spaced }] : [];
  });
}

// Time passes evenly from the first character to the last.
function wordsByCharacters({ start, end, text }: Cue): LaidWord[] {
  const words = pieces(text);
  const all = Math.max([...words.join(' ')].length, 1);
  const length_s = Math.max(end - start, 0);
  const time = (characters: number) => start + (length_s * characters) / all;
  let begin = 0;
  return words.map((word) => {
    const letters = [...word];
    const from = begin;
    begin += letters.length + 1;
    return { start: time(from), end: time(begin - 1), letters, spaced: true };
  });
}

// Pieces of about the same number of characters.
function inPieces(word: LaidWord, count: number): LaidWord[] {
  const { start, end, letters } = word;
  const n = letters.length;
  const length_s = end - start;
  return Array.from({ length: count }, (_, i) => {
    const from = Math.floor((n * i) / count);
    const to = Math.floor((n * (i + 1)) / count);
    return {
      start: start + (length_s * from) / n,
      end: start + (length_s * to) / n,
      letters: letters.slice(from, to),
      spaced: i === 0 && word.spaced,
    };
  });
}

// Words that no line can hold, and those without times that stand too long, are cut.
function cutLong(words: LaidWord[], cutByTime: boolean, layout: CaptionLayout): LaidWord[] {
  const { maxLineWidth = 0, maxCaptionS = 0 } = layout;
  return words.flatMap((word) => {
    const n = word.letters.length;
    let count = maxLineWidth > 0 ? Math.ceil(n / maxLineWidth) : 1;
    if (cutByTime && maxCaptionS > 0) {
      count = Math.max(count, Math.ceil((word.end - word.start) / maxCaptionS));
    }
    return inPieces(word, Math.min(count, n));
  });
}

function fill(words: LaidWord[], layout: CaptionLayout): LaidCue[] {
  const { maxLineWidth = 0, maxLineCount = 0, maxCaptionS = 0 } = layout;
  const cues: LaidCue[] = [];
  let lines = 0;
  let width = 0;
  for (const word of words) {
    const { start, end, letters, spaced } = word;
    const last = cues.at(-1);
    const goesOn = last && (maxCaptionS <= 0 || end - last.start <= maxCaptionS);
    const more = letters.length + (spaced ? 1 : 0);
    let cue = last;
    let space = '';
    if (goesOn && (maxLineWidth === 0 || width + more <= maxLineWidth)) {
      width += more;
      space = spaced ? ' ' : '';
    } else {
      width = letters.length;
      if (goesOn && (maxLineCount === 0 || lines < maxLineCount)) {
        lines++;
        space = '\n';
      } else {
        lines = 1;
        cue = undefined;
      }
    }
    if (!cue) {
      cue = { start, end, text: '', words: [] };
      cues.push(cue);
    }
    const text = space + letters.join('');
    cue.text += text;
    cue.end = Math.max(cue.end, end);
    cue.words.push({ start, end, word: text });
  }
  return cues;
}

/**
 * The captions of segments, in order. Lines break between words, and within one that is longer than
 * a line. Without the words' times, time passes evenly from character to character. Where nothing is
 * bounded the segments stay as they are.
 */
export function layOutCaptions(cues: readonly Cue[], layout: CaptionLayout): readonly Cue[] {
  const { maxLineWidth = 0, maxCaptionS = 0 } = layout;
  if (maxLineWidth <= 0 && maxCaptionS <= 0) return cues;
  return cues.flatMap((cue) => {
    const timed = cue.words !== undefined && cue.words.length > 0;
    const words = timed && cue.words ? wordsWithTimes(cue.words) : wordsByCharacters(cue);
    return fill(cutLong(words, !timed, layout), layout).map((caption) => ({
      ...caption,
      end: maxCaptionS > 0 ? Math.min(caption.end, caption.start + maxCaptionS) : caption.end,
      words: timed ? caption.words : [],
    }));
  });
}

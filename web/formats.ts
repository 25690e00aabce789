// Subtitle and text formats, from segments: for pages what src/text/captions.cc is for the command.
// tests/captions/cases.json holds both to the same text.
import { type Cue, layOutCaptions } from './captions.js';
import { checkCaptionOptions } from './options.js';
import type { CaptionLayout, VttOptions } from './transcript_types.js';

export type { Cue } from './captions.js';

// Three centuries: far beyond any recording, and its milliseconds are exact.
const kLongest_s = 1e10;

// In units of which a second has `perSecond`, rounded to the nearest. Rounding the whole first lets
// 59.9996 s become 01:00.000 and not 00:60.000.
function ticks(seconds: number, perSecond: number): number {
  const clamped_s = seconds > 0 ? Math.min(seconds, kLongest_s) : 0;
  return Math.floor(clamped_s * perSecond + 0.5);
}

const startMs = (cue: Cue) => ticks(cue.start, 1000);
// Players drop cues that end before they start.
const endMs = (cue: Cue) => Math.max(startMs(cue), ticks(cue.end, 1000));

const two = (n: number) => String(n).padStart(2, '0');

function timeOf(total_ms: number, decimalMark: ',' | '.'): string {
  const total_s = Math.floor(total_ms / 1000);
  const minutes = two(Math.floor(total_s / 60) % 60);
  const millis = String(total_ms % 1000).padStart(3, '0');
  return `${two(Math.floor(total_s / 3600))}:${minutes}:${two(total_s % 60)}${decimalMark}${millis}`;
}

const timeLine = (cue: Cue, mark: ',' | '.') =>
  `${timeOf(startMs(cue), mark)} --> ${timeOf(endMs(cue), mark)}\n`;

/**
 * A time as `HH:MM:SS,mmm`, rounded to the nearest millisecond; the hours grow past two digits
 * where they must. What is negative or not a number counts as 0.
 */
export function formatTime(seconds: number, decimalMark: ',' | '.'): string {
  return timeOf(ticks(seconds, 1000), decimalMark);
}

// The lines of a text that are not empty, trimmed: an empty one would end a cue.
function joinedLines(text: string, separator: string): string {
  const lines = text.split(/[\r\n]/).map((line) => line.replace(/^[ \t\v\f]+|[ \t\v\f]+$/g, ''));
  return lines.filter((line) => line !== '').join(separator);
}

// Any number of dashes before '>' shrinks to one, so that what is left cannot form '-->' anew.
function withoutArrows(text: string): string {
  let out = '';
  for (const c of text) {
    while (c === '>' && out.endsWith('--')) out = out.slice(0, -1);
    out += c;
  }
  return out;
}

// WebVTT's cue text is markup (WebVTT 4.2.2): these would open a tag or a character reference.
const escapeVtt = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

// The words, each behind its time where that is later than the one before and within the cue, as
// WebVTT asks (4.2.2, cue timestamps).
function timedWords(cue: Cue, words: NonNullable<Cue['words']>): string {
  let out = '';
  let last_ms = startMs(cue);
  for (const { start, word } of words) {
    const text = escapeVtt(joinedLines(word, ' '));
    if (text === '') continue;
    const beginsLine = word.startsWith('\n');
    const isSpaced = /^[ \t\v\f\r]/.test(word);
    const space = out !== '' && isSpaced ? ' ' : '';
    if (out !== '' && beginsLine) out += '\n';
    const begin_ms = ticks(start, 1000);
    if (begin_ms > last_ms && begin_ms < endMs(cue)) {
      out += `<${timeOf(begin_ms, '.')}><c>${space}${text}</c>`;
      last_ms = begin_ms;
    } else {
      out += space + text;
    }
  }
  return out;
}

function vttText(cue: Cue, wordCues: boolean): string {
  if (wordCues && cue.words && cue.words.length > 0) return timedWords(cue, cue.words);
  return escapeVtt(joinedLines(cue.text, '\n'));
}

// Texts of one writer for each caption that has text.
function captionTexts(
  cues: readonly Cue[],
  options: CaptionLayout,
  textOf: (cue: Cue) => string,
  write: (cue: Cue, text: string, index: number) => string,
): string {
  checkCaptionOptions(options);
  return layOutCaptions(cues, options)
    .map((cue) => ({ cue, text: textOf(cue) }))
    .filter(({ text }) => text !== '')
    .map(({ cue, text }, index) => write(cue, text, index))
    .join('');
}

const onOneLine = (cue: Cue) => joinedLines(cue.text, ' ');

/** SubRip (.srt). Captions without text are left out. */
export function formatSrt(cues: readonly Cue[], options: CaptionLayout = {}): string {
  const textOf = (cue: Cue) => withoutArrows(joinedLines(cue.text, '\n'));
  return captionTexts(
    cues,
    options,
    textOf,
    (cue, text, index) => `${index + 1}\n${timeLine(cue, ',')}${text}\n\n`,
  );
}

/** WebVTT (.vtt). Captions without text are left out. */
export function formatVtt(cues: readonly Cue[], options: VttOptions = {}): string {
  const textOf = (cue: Cue) => vttText(cue, options.wordCues ?? true);
  const blocks = captionTexts(
    cues,
    options,
    textOf,
    (cue, text) => `${timeLine(cue, '.')}${text}\n\n`,
  );
  return `WEBVTT\n\n${blocks}`;
}

/** Tab-separated values: start and end in milliseconds, and the text. */
export function formatTsv(cues: readonly Cue[], options: CaptionLayout = {}): string {
  const rows = captionTexts(
    cues,
    options,
    onOneLine,
    (cue, text) => `${startMs(cue)}\t${endMs(cue)}\t${text.replaceAll('\t', ' ')}\n`,
  );
  return `start\tend\ttext\n${rows}`;
}

/** LRC (.lrc), lines with their times as for lyrics: `[MM:SS.cc]text`. */
export function formatLrc(cues: readonly Cue[], options: CaptionLayout = {}): string {
  return captionTexts(cues, options, onOneLine, (cue, text) => {
    const total_cs = ticks(cue.start, 100);
    const seconds = two(Math.floor(total_cs / 100) % 60);
    // A text that reads as a time itself gets a round bracket.
    const line = text.replace(/^\[(?=[0-9])/, '(');
    return `[${two(Math.floor(total_cs / 6000))}:${seconds}.${two(total_cs % 100)}]${line}\n`;
  });
}

/** Plain text, a line per segment. */
export function formatTxt(cues: readonly Cue[]): string {
  return captionTexts(cues, {}, onOneLine, (_, text) => `${text}\n`);
}

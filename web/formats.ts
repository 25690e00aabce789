// Subtitle and text formats, from segments.
import type { Segment } from './types.js';

/** What the formats need of a segment. */
export type Cue = Pick<Segment, 'start' | 'end' | 'text'>;

/**
 * A time as `HH:MM:SS,mmm`, rounded to the nearest millisecond; the hours grow past two digits
 * where they must.
 */
export function formatTime(seconds: number, decimalMark: ',' | '.'): string {
  // Rounding the whole first lets 59.9996 s become 01:00.000 and not 00:60.000.
  const total_ms = Number.isFinite(seconds) ? Math.max(0, Math.round(seconds * 1000)) : 0;
  const total_s = Math.floor(total_ms / 1000);
  const two = (n: number) => String(n).padStart(2, '0');
  const hours = two(Math.floor(total_s / 3600));
  const minutes = two(Math.floor(total_s / 60) % 60);
  const millis = String(total_ms % 1000).padStart(3, '0');
  return `${hours}:${minutes}:${two(total_s % 60)}${decimalMark}${millis}`;
}

// A cue ends at a blank line in both formats, so that its text must hold none; and '-->' is the
// mark of a timing line, which openai-whisper's writers turn into '->'.
function cueText(text: string): string {
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.trim());
  return lines
    .filter((line) => line !== '')
    .join('\n')
    .replaceAll('-->', '->');
}

// WebVTT's cue text is markup (WebVTT 4.2.2): these would open a tag or a character reference.
function escapeVtt(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

// Players drop cues that end before they start.
const cueEnd = (cue: Cue) => Math.max(cue.start, cue.end);
const isShown = (cue: Cue) => cueText(cue.text) !== '';

/** SubRip (.srt). Segments without text are left out. */
export function formatSrt(cues: readonly Cue[]): string {
  const blocks = cues.filter(isShown).map((cue, index) => {
    const times = `${formatTime(cue.start, ',')} --> ${formatTime(cueEnd(cue), ',')}`;
    return `${index + 1}\n${times}\n${cueText(cue.text)}\n`;
  });
  return blocks.join('\n');
}

/** WebVTT (.vtt). Segments without text are left out. */
export function formatVtt(cues: readonly Cue[]): string {
  const blocks = cues.filter(isShown).map((cue) => {
    const times = `${formatTime(cue.start, '.')} --> ${formatTime(cueEnd(cue), '.')}`;
    return `${times}\n${escapeVtt(cueText(cue.text))}\n`;
  });
  return ['WEBVTT\n', ...blocks].join('\n');
}

/** Plain text, a line per segment. */
export function formatTxt(cues: readonly Cue[]): string {
  return cues
    .filter(isShown)
    .map((cue) => `${cue.text.trim()}\n`)
    .join('');
}

// What this page has to say about failures.
import { AudioError, OutOfMemoryError } from 'sotto';
import type { InWords } from '../../shared/problems.js';

/** A failure in the words of this page; undefined for those that all pages share. */
export function inWords(error: unknown): InWords | undefined {
  if (error instanceof AudioError) {
    return [
      'This file cannot be read as audio',
      'It may be damaged, or of a kind that this browser does not play. Try to open it in a ' +
        'player, or save it as WAV or MP3 and choose it again.',
    ];
  }
  if (error instanceof OutOfMemoryError) {
    return [
      'There is not enough memory',
      'Close other tabs, or try a shorter recording, and choose the file again.',
    ];
  }
  return undefined;
}

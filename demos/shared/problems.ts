// Failures in words for people: what happened and what they can do.
import {
  ModelChecksumError,
  ModelFormatError,
  NetworkError,
  OutOfMemoryError,
  UnsupportedBrowserError,
} from 'sotto';
import { byId } from './dom.js';

/** A failure's title, and what can be done. */
export type InWords = [title: string, text: string];

function inWords(error: unknown): InWords {
  if (error instanceof NetworkError) {
    const what = error.status === 404 ? 'was not found' : 'could not be downloaded';
    return [
      `A file of this page ${what}`,
      'Check the connection and try again. Your recording was not sent anywhere.',
    ];
  }
  if (error instanceof ModelChecksumError || error instanceof ModelFormatError) {
    return [
      'The speech model is damaged',
      'The download was cut short or changed on the way. Reload the page to fetch it again.',
    ];
  }
  if (error instanceof OutOfMemoryError) {
    return ['There is not enough memory', 'Close other tabs and programs, and try again.'];
  }
  if (error instanceof UnsupportedBrowserError) {
    return [
      'This browser cannot run the speech model',
      'It needs WebAssembly. Update the browser, or try another one.',
    ];
  }
  return [
    'Something went wrong',
    'This should not have happened. Try again; if that does not help, reload the page.',
  ];
}

/** Shows a failure; `own` has the page's own words for some. */
export function showProblem(error: unknown, own: (error: unknown) => InWords | undefined): void {
  const [title, text] = own(error) ?? inWords(error);
  byId('problem-title').textContent = title;
  byId('problem-text').textContent = text;
  byId('problem-code').textContent = String(error);
  byId('problem').hidden = false;
}

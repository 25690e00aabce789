// Failures in words for people: what happened and what they can do.
import {
  AudioError,
  ModelChecksumError,
  ModelFormatError,
  NetworkError,
  OutOfMemoryError,
  UnsupportedBrowserError,
} from 'sotto';

export interface Problem {
  title: string;
  text: string;
  /** The error itself, for those who want to know. */
  details: string;
}

function inWords(error: unknown): [title: string, text: string] {
  if (error instanceof AudioError) {
    return [
      'This file cannot be read as audio',
      'It may be damaged, or of a kind that this browser does not play. Try to open it in a ' +
        'player, or save it as WAV or MP3 and choose it again.',
    ];
  }
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
    return [
      'There is not enough memory',
      'Close other tabs, or try a shorter recording, and choose the file again.',
    ];
  }
  if (error instanceof UnsupportedBrowserError) {
    return [
      'This browser cannot run the speech model',
      'It needs WebAssembly. Update the browser, or try another one.',
    ];
  }
  return [
    'Something went wrong',
    'This should not have happened. Choose the file again; if that does not help, reload the page.',
  ];
}

/** A failure in words. */
export function describe(error: unknown): Problem {
  const [title, text] = inWords(error);
  return { title, text, details: String(error) };
}

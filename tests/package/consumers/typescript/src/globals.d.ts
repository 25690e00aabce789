// What the examples of the documentation take as given: what the reader has, and what an example
// before them made.
import type * as sotto from 'sotto';

declare global {
  const createTranscriber: typeof sotto.createTranscriber;
  const t: sotto.Transcriber;
  const file: File;
  const samples: Float32Array;
  function render(confirmed: string, tentative: string, isFinal: boolean): void;
  interface Window {
    SpeechRecognition: unknown;
    webkitSpeechRecognition: unknown;
  }
}

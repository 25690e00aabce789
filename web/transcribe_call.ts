// One transcription on the page's side: its options to the worker's, its events to the caller's
// callbacks, its reply to a transcript.
import { decodingOptions } from './options.js';
import type { RawSessionOptions } from './raw.js';
import { Transcript } from './result.js';
import type { TranscribeOptions } from './types.js';
import type { TranscribeReply, WorkerEvent } from './wire.js';

/** The options as the core takes them. */
export function sessionOptions(options: TranscribeOptions): RawSessionOptions {
  return {
    language: options.language ?? 'auto',
    task: options.task ?? 'transcribe',
    timestamps: options.timestamps ?? 'segment',
    encoderWindow: options.encoderWindow ?? 'auto',
    vad: options.vad === undefined ? 'auto' : options.vad ? 'on' : 'off',
    vadOptions: typeof options.vad === 'object' ? options.vad : {},
    trace: options.trace ?? false,
    ...decodingOptions(options),
  };
}

/** Hands an event of the worker to the callback that it is for. */
export function deliver(event: WorkerEvent, options: TranscribeOptions): void {
  if (event.type === 'progress') options.onProgress?.(event.progress);
  if (event.type === 'token') options.onToken?.({ text: event.text });
  if (event.type === 'segments') {
    for (const segment of event.segments) options.onSegment?.(segment);
  }
}

/** What the worker found, as the caller gets it. */
export function toTranscript(reply: TranscribeReply): Transcript {
  const { segments, language, languageProbability, languages, timings, trace } = reply;
  const text = segments
    .map((segment) => segment.text)
    .join('')
    .trim();
  const languageProbabilities = Object.fromEntries(languages);
  return new Transcript({
    text,
    language,
    languageProbability,
    languageProbabilities,
    segments,
    timings,
    trace,
  });
}

// transcribe(): one transcriber shared by all calls that ask for the same model and build.
import { abortError, OptionError, shown } from './errors.js';
import { checkTranscribeOptions, checkTranscriberOptions, transcriberKeys } from './options.js';
import type { Transcript } from './result.js';
import type { Transcriber } from './transcriber.js';
import { createTranscriber } from './transcriber.js';
import type { AudioInput, TranscribeOptions, TranscriberOptions } from './types.js';

/** Options of {@link transcribe}: those of a transcription and those of the shared transcriber. */
export interface SharedOptions
  extends TranscribeOptions,
    Omit<TranscriberOptions, 'onProgress' | 'signal' | 'transfer'> {}

interface Shared {
  options: Record<string, unknown>;
  transcriber: Promise<Transcriber>;
  /** Calls that use it. */
  users: number;
  /** Another one took its place. */
  replaced: boolean;
}

let shared: Shared | undefined;

// These mean the same in both kinds of options or have no place in a shared transcriber.
const kOwnKeys = ['onProgress', 'signal', 'transfer'];

function split(options: SharedOptions): [TranscriberOptions, TranscribeOptions] {
  const keys = transcriberKeys.filter((key) => !kOwnKeys.includes(key));
  const entries = Object.entries(options);
  const create = entries.filter(([key, value]) => keys.includes(key) && value !== undefined);
  const call = entries.filter(([key]) => !keys.includes(key));
  return [Object.fromEntries(create), Object.fromEntries(call)];
}

function isSame(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => Object.is(a[key], b[key]));
}

async function release(used: Shared): Promise<void> {
  used.users--;
  if (!used.replaced || used.users > 0) return;
  (await used.transcriber.catch(() => undefined))?.close();
}

function acquire(create: TranscriberOptions): Shared {
  const options = create as Record<string, unknown>;
  if (!shared || !isSame(shared.options, options)) {
    const old = shared;
    const made: Shared = {
      options,
      transcriber: createTranscriber(create),
      users: 0,
      replaced: false,
    };
    shared = made;
    // A failure is told to those who wait, and not kept for those who come later.
    made.transcriber.catch(() => {
      if (shared === made) shared = undefined;
    });
    if (old) {
      old.replaced = true;
      old.users++;
      void release(old);
    }
  }
  shared.users++;
  return shared;
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(abortError(signal));
    signal?.addEventListener('abort', onAbort);
    work.then(resolve, reject).finally(() => signal?.removeEventListener('abort', onAbort));
  });
}

/** Does `work` with the shared transcriber, which is not closed meanwhile. */
export async function withShared<T>(
  options: TranscriberOptions,
  signal: AbortSignal | undefined,
  work: (transcriber: Transcriber) => Promise<T>,
): Promise<T> {
  checkTranscriberOptions(options);
  if (signal?.aborted) throw abortError(signal);
  const used = acquire(options);
  try {
    // Others may wait for the same transcriber, so that a signal stops the waiting only.
    return await work(await untilAborted(used.transcriber, signal));
  } finally {
    void release(used);
  }
}

/**
 * Transcribes audio with a transcriber that is made at the first call and shared by later ones.
 * A call with another model or build replaces it, once the calls that use it have ended.
 *
 * @throws What {@link createTranscriber} and {@link Transcriber.transcribe} throw.
 */
export async function transcribe(
  audio: AudioInput,
  options: SharedOptions = {},
): Promise<Transcript> {
  if (typeof options !== 'object' || options === null) {
    throw new OptionError(`transcribe: expected an object of options; got ${shown(options)}`);
  }
  const [create, call] = split(options);
  checkTranscriberOptions(create);
  checkTranscribeOptions(call);
  return withShared(create, call.signal, (transcriber) => transcriber.transcribe(audio, call));
}

/** Frees the transcriber that {@link transcribe} shares; the next call makes a new one. */
export async function closeShared(): Promise<void> {
  const old = shared;
  shared = undefined;
  (await old?.transcriber.catch(() => undefined))?.close();
}

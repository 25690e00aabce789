// Failures of the core as errors of the package. Worker side only.
import {
  AudioError,
  abortError,
  ModelChecksumError,
  ModelFormatError,
  OptionError,
  OutOfMemoryError,
  SottoError,
  UnsupportedModelError,
  WorkerError,
} from './errors.js';
import type { RawFailure, RawResult } from './raw.js';
import { FatalError } from './wire.js';

/** What the core was working on, by which the same code is another error. */
export type RawSubject = 'model' | 'audio' | 'session';

function fileError(failure: RawFailure, subject: RawSubject): Error {
  const { code, message } = failure;
  if (subject === 'audio') return new AudioError(message);
  if (code === 'Unsupported') return new UnsupportedModelError(message);
  return new ModelFormatError(code === 'BadFormat' ? 'BadFormat' : 'Truncated', message);
}

function toError(failure: RawFailure, subject: RawSubject): Error {
  switch (failure.code) {
    case 'InvalidArgument':
      return new OptionError(failure.message);
    case 'ChecksumMismatch':
      return new ModelChecksumError(failure.message);
    case 'OutOfMemory':
      return new OutOfMemoryError(failure.message);
    case 'Cancelled':
      return abortError();
    case 'Truncated':
    case 'BadFormat':
    case 'Unsupported':
    case 'Io':
      return fileError(failure, subject);
    default:
      return new WorkerError(`${failure.code}: ${failure.message}`);
  }
}

/** The value of a result of the core; throws the error that its failure means. */
export function unwrap<T>(result: RawResult<T>, subject: RawSubject): T {
  if (result.ok) return result.value;
  throw toError(result, subject);
}

/**
 * What left a call into the module: errors of ours as they are, anything else (a trap, a stack
 * overflow, an exception that crossed wasm frames) as a FatalError, because the module's state is
 * then unknown.
 */
export function asFailure(thrown: unknown): unknown {
  if (thrown instanceof SottoError || thrown instanceof DOMException) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  // Emscripten's allocator and V8 both put it into words only.
  if (/out of memory|OOM|could not allocate/i.test(message)) {
    return new FatalError(new OutOfMemoryError(`expected more memory; got: ${message}`));
  }
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  return new FatalError(
    new WorkerError(`the engine failed and is started anew: ${name}: ${message}`, {
      cause: thrown,
    }),
  );
}

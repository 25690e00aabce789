// Every failure that leaves the package is one of these, or a DOMException named 'AbortError'
// where the caller stopped the work. Messages say what was expected and what came.

/** Stable, machine-readable names of failures: the `code` of every {@link SottoError}. */
export type SottoErrorCode =
  | 'Option'
  | 'BadFormat'
  | 'Truncated'
  | 'ChecksumMismatch'
  | 'UnsupportedModel'
  | 'Audio'
  | 'Network'
  | 'File'
  | 'QuotaExceeded'
  | 'Storage'
  | 'UnsupportedBrowser'
  | 'OutOfMemory'
  | 'Permission'
  | 'Device'
  | 'Busy'
  | 'Closed'
  | 'Worker';

/** Base class of all errors of this package; tell them apart by class or by `code`. */
export class SottoError extends Error {
  /** The name of its class. */
  override name = 'SottoError';

  constructor(
    /** What kind of failure this is; stable across versions. */
    readonly code: SottoErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** An option is unknown, of the wrong type, out of range, or not available in this version. */
export class OptionError extends SottoError {
  override name = 'OptionError';

  constructor(message: string, options?: ErrorOptions) {
    super('Option', message, options);
  }
}

/** The model file is of no known format (`BadFormat`) or ends too early (`Truncated`). */
export class ModelFormatError extends SottoError {
  override name = 'ModelFormatError';

  constructor(code: 'BadFormat' | 'Truncated', message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}

/** The model's bytes are not those that were published or written. */
export class ModelChecksumError extends SottoError {
  override name = 'ModelChecksumError';

  constructor(message: string, options?: ErrorOptions) {
    super('ChecksumMismatch', message, options);
  }
}

/** The model is well-formed, but this version cannot run it. */
export class UnsupportedModelError extends SottoError {
  override name = 'UnsupportedModelError';

  constructor(message: string, options?: ErrorOptions) {
    super('UnsupportedModel', message, options);
  }
}

/** The audio cannot be read or decoded. */
export class AudioError extends SottoError {
  override name = 'AudioError';

  constructor(message: string, options?: ErrorOptions) {
    super('Audio', message, options);
  }
}

/** A download failed. */
export class NetworkError extends SottoError {
  override name = 'NetworkError';

  constructor(
    message: string,
    /** The address that was asked for. */
    readonly url: string,
    /** The HTTP status, or `undefined` where no answer came. */
    readonly status?: number,
    options?: ErrorOptions,
  ) {
    super('Network', message, options);
  }
}

/** A file cannot be opened (in Node). */
export class FileError extends SottoError {
  override name = 'FileError';

  constructor(
    message: string,
    /** The path that was asked for. */
    readonly path: string,
    options?: ErrorOptions,
  ) {
    super('File', message, options);
  }
}

/**
 * The browser's storage has no room for a model (`QuotaExceeded`), or keeps nothing for this page
 * (`Storage`).
 */
export class StorageError extends SottoError {
  override name = 'StorageError';

  constructor(code: 'QuotaExceeded' | 'Storage', message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}

/** This browser (or Node) lacks something that the engine, or the forced variant, needs. */
export class UnsupportedBrowserError extends SottoError {
  override name = 'UnsupportedBrowserError';

  constructor(message: string, options?: ErrorOptions) {
    super('UnsupportedBrowser', message, options);
  }
}

/** There was not enough memory for the model or for the work. */
export class OutOfMemoryError extends SottoError {
  override name = 'OutOfMemoryError';

  constructor(message: string, options?: ErrorOptions) {
    super('OutOfMemory', message, options);
  }
}

/** The person, or the page's policy, did not allow the microphone or the screen's sound. */
export class PermissionError extends SottoError {
  override name = 'PermissionError';

  constructor(message: string, options?: ErrorOptions) {
    super('Permission', message, options);
  }
}

/** There is no microphone, or it cannot be opened, or what was chosen gives no sound. */
export class DeviceError extends SottoError {
  override name = 'DeviceError';

  constructor(message: string, options?: ErrorOptions) {
    super('Device', message, options);
  }
}

/** What is asked for goes on already: listening, or the download of a model that is to be deleted. */
export class BusyError extends SottoError {
  override name = 'BusyError';

  constructor(message: string, options?: ErrorOptions) {
    super('Busy', message, options);
  }
}

/** The transcriber was closed before or while the call ran. */
export class ClosedError extends SottoError {
  override name = 'ClosedError';

  constructor(message: string, options?: ErrorOptions) {
    super('Closed', message, options);
  }
}

/** The worker could not be started, or it died. */
export class WorkerError extends SottoError {
  override name = 'WorkerError';

  constructor(message: string, options?: ErrorOptions) {
    super('Worker', message, options);
  }
}

/** What a promise rejects with when `signal` stopped the work: its reason where that is a
 * DOMException (an AbortError, or the TimeoutError of `AbortSignal.timeout`). */
export function abortError(signal?: AbortSignal): DOMException {
  const reason: unknown = signal?.reason;
  if (reason instanceof DOMException) return reason;
  const why = reason === undefined ? '' : `: ${String(reason)}`;
  return new DOMException(`The operation was aborted${why}`, 'AbortError');
}

/** Whether an error means that the work was stopped on request. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** How a value is named in messages: its type, and its content where that is short. */
export function shown(value: unknown): string {
  if (typeof value === 'string') {
    return value.length <= 80 ? `'${value}'` : `'${value.slice(0, 77)}...'`;
  }
  if (value === null || typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return value.constructor?.name ?? 'an object';
}

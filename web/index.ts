// What the package exports.

export type { SottoErrorCode } from './errors.js';
export {
  AudioError,
  BusyError,
  ClosedError,
  DeviceError,
  FileError,
  ModelChecksumError,
  ModelFormatError,
  NetworkError,
  OptionError,
  OutOfMemoryError,
  PermissionError,
  SottoError,
  StorageError,
  UnsupportedBrowserError,
  UnsupportedModelError,
  WorkerError,
} from './errors.js';
export type { Cue } from './formats.js';
export {
  formatLrc,
  formatSrt,
  formatTime,
  formatTsv,
  formatTxt,
  formatVtt,
} from './formats.js';
export type { LiveCaptions } from './live.js';
export type { LiveListener, LiveStream } from './live_kinds.js';
export type * from './live_types.js';
export type { DownloadOptions, KeptModel } from './model_cache.js';
export { deleteModel, downloadModel, listModels } from './model_cache.js';
export type { ModelSpec, NamedModel } from './models.js';
export { namedModels } from './models.js';
export type { SegmentJson, TranscriptData, TranscriptJson } from './result.js';
export { Transcript } from './result.js';
export type { SharedOptions } from './shared.js';
export { closeShared, transcribe } from './shared.js';
export type {
  RecognitionErrorCode,
  RecognitionErrorEvent,
  RecognitionEvent,
  RecognizedAlternative,
  RecognizedResult,
  RecognizedResults,
} from './speech_events.js';
export type { RecognitionHandler, RecognitionSettings } from './speech_recognition.js';
export { SpeechRecognition } from './speech_recognition.js';
export { createTranscriber, Transcriber } from './transcriber.js';
export type * from './transcript_types.js';
export type * from './types.js';
export { pickVariant, variantNames } from './variants.js';

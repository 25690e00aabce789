// Validation of every option: unknown keys, wrong types and values out of range are OptionErrors
// that name the option, what it may be and what it was.
import * as v from 'valibot';
import { OptionError, shown } from './errors.js';
import type { CaptureOptions, ListenOptions, LiveOptions } from './live_types.js';
import type { DownloadOptions } from './model_cache.js';
import { kMaxThreads } from './threads.js';
import type { VttOptions } from './transcript_types.js';
import type { DecodingOptions, TranscribeOptions, TranscriberOptions } from './types.js';
import { hasThreads, variantNames } from './variants.js';

const callback = v.custom<(...args: never[]) => void>(
  (value) => typeof value === 'function',
  (issue) => `expected a function; got ${shown(issue.input)}`,
);

// By shape and not by class: a signal of another realm (an iframe, a test environment) is one too.
const abortSignal = v.custom<AbortSignal>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    'aborted' in value &&
    typeof (value as AbortSignal).addEventListener === 'function',
  (issue) => `expected an AbortSignal; got ${shown(issue.input)}`,
);

const oneOf = <const T extends readonly string[]>(values: T) =>
  v.picklist(values, (issue) => {
    const list = values.map((value) => `'${value}'`).join(', ');
    return `expected one of ${list}; got ${shown(issue.input)}`;
  });

const text = v.string((issue) => `expected a string; got ${shown(issue.input)}`);
const flag = v.boolean((issue) => `expected true or false; got ${shown(issue.input)}`);

// TypeScript's own types say what is meant; this is for those who write JavaScript.
const anything = v.unknown();

// Bounds are those of the core (src/engine/options.cc), which checks again what depends on the model.
const number = (low: number, high: number) =>
  v.custom<number>(
    (value) => typeof value === 'number' && value >= low && value <= high,
    (issue) => `expected a number from ${low} to ${high}; got ${shown(issue.input)}`,
  );

const whole = (low: number, high: number) =>
  v.custom<number>(
    (value) => Number.isInteger(value) && (value as number) >= low && (value as number) <= high,
    (issue) => `expected a whole number from ${low} to ${high}; got ${shown(issue.input)}`,
  );

const listOf = <T>(item: v.GenericSchema<T>) =>
  v.array(item, (issue) => `expected an array of numbers; got ${shown(issue.input)}`);

const kMostHypotheses = 32;
const kMostTogether = 32;
const kMostTemperatures = 32;
const kMostSegments = 180;
const kLargestInt32 = 2 ** 31 - 1;

const decodingEntries = {
  languageDetectionThreshold: v.optional(number(0, 1)),
  languageDetectionSegments: v.optional(whole(1, kMostSegments)),
  initialPrompt: v.optional(text),
  prefix: v.optional(text),
  hotwords: v.optional(text),
  conditionOnPreviousText: v.optional(flag),
  promptResetOnTemperature: v.optional(number(0, Infinity)),
  batchSize: v.optional(whole(1, kMostTogether)),
  beamSize: v.optional(whole(1, kMostHypotheses)),
  patience: v.optional(number(0.01, 100)),
  bestOf: v.optional(whole(1, kMostHypotheses)),
  lengthPenalty: v.optional(number(0, 1)),
  temperatures: v.optional(
    v.pipe(
      listOf(number(0, 10)),
      v.check(
        ({ length }) => length >= 1 && length <= kMostTemperatures,
        ({ input }) => `expected 1 to ${kMostTemperatures} numbers; got ${input.length}`,
      ),
    ),
  ),
  compressionRatioThreshold: v.optional(number(0, Infinity)),
  logProbThreshold: v.optional(number(-1e6, 0)),
  noSpeechThreshold: v.optional(number(0, 1)),
  seed: v.optional(whole(0, Number.MAX_SAFE_INTEGER)),
  repetitionPenalty: v.optional(number(0.01, 100)),
  noRepeatNgramSize: v.optional(whole(0, kLargestInt32)),
  suppressTokens: v.optional(listOf(whole(-1, kLargestInt32))),
  suppressBlank: v.optional(flag),
  maxInitialTimestampS: v.optional(number(0, 30)),
  clipTimestamps: v.optional(listOf(number(0, Infinity))),
  maxNewTokens: v.optional(whole(1, kLargestInt32)),
  prependPunctuations: v.optional(text),
  appendPunctuations: v.optional(text),
  hallucinationSilenceThreshold: v.optional(number(0, Infinity)),
};

// Bounds are those of src/vad/speech_segments.cc, which checks how they go together.
const kMostTime_ms = 3_600_000;
const vadSchema = v.strictObject({
  threshold: v.optional(number(0, 1)),
  negThreshold: v.optional(number(0, 1)),
  minSpeechMs: v.optional(whole(0, kMostTime_ms)),
  minSilenceMs: v.optional(whole(0, kMostTime_ms)),
  speechPadMs: v.optional(whole(0, kMostTime_ms)),
  maxSpeechS: v.optional(number(0, Infinity)),
});

const threads = v.custom<'auto' | number>(
  (value) =>
    value === 'auto' ||
    (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= kMaxThreads),
  (issue) =>
    `expected 'auto' or a whole number from 1 to ${kMaxThreads}; got ${shown(issue.input)}`,
);

const folder = v.custom<string | URL>(
  (value) => typeof value === 'string' || value instanceof URL,
  (issue) => `expected a string or URL; got ${shown(issue.input)}`,
);

const transcriberSchema = v.strictObject({
  model: v.optional(anything),
  modelBaseUrl: v.optional(folder),
  variant: v.optional(oneOf(['auto', ...variantNames])),
  threads: v.optional(threads),
  precision: v.optional(oneOf(['auto', 'q8', 'f32'])),
  vadModel: v.optional(anything),
  cache: v.optional(oneOf(['auto', 'none'])),
  transfer: v.optional(flag),
  onProgress: v.optional(callback),
  signal: v.optional(abortSignal),
});

const downloadSchema = v.strictObject({
  modelBaseUrl: v.optional(folder),
  vadModel: v.optional(anything),
  onProgress: v.optional(callback),
  signal: v.optional(abortSignal),
});

const transcribeSchema = v.strictObject({
  language: v.optional(v.pipe(text, v.nonEmpty("expected a language such as 'en'; got ''"))),
  task: v.optional(oneOf(['transcribe', 'translate'])),
  timestamps: v.optional(oneOf(['none', 'segment', 'word'])),
  encoderWindow: v.optional(oneOf(['auto', 'full'])),
  ...decodingEntries,
  vad: v.optional(anything),
  trace: v.optional(flag),
  onSegment: v.optional(callback),
  onToken: v.optional(callback),
  onProgress: v.optional(callback),
  signal: v.optional(abortSignal),
});

// Bounds are those of src/stream/options.cc.
const kMostStep_ms = 10_000;

const liveEntries = {
  language: v.optional(v.pipe(text, v.nonEmpty("expected a language such as 'en'; got ''"))),
  task: v.optional(oneOf(['transcribe', 'translate'])),
  policy: v.optional(oneOf(['both', 'agreement', 'alignatt'])),
  stepMs: v.optional(whole(50, kMostStep_ms)),
  beamSize: v.optional(whole(1, kMostHypotheses)),
  vad: v.optional(flag),
  initialPrompt: v.optional(text),
  hotwords: v.optional(text),
  signal: v.optional(abortSignal),
};

const streamSchema = v.strictObject(liveEntries);

const captureEntries = {
  deviceId: v.optional(text),
  echoCancellation: v.optional(flag),
  noiseSuppression: v.optional(flag),
  autoGainControl: v.optional(flag),
};

const captureSchema = v.strictObject(captureEntries);

const listenSchema = v.strictObject({ ...liveEntries, ...captureEntries });

const captionSchema = v.strictObject({
  maxLineWidth: v.optional(whole(0, kLargestInt32)),
  maxLineCount: v.optional(whole(0, kLargestInt32)),
  maxCaptionS: v.optional(number(0, Infinity)),
  wordCues: v.optional(flag),
});

type Schema =
  | typeof transcriberSchema
  | typeof downloadSchema
  | typeof transcribeSchema
  | typeof vadSchema
  | typeof streamSchema
  | typeof captureSchema
  | typeof listenSchema
  | typeof captionSchema;

// Of a Map or a Date no option would be read.
const isRecord = (options: unknown): options is object =>
  Object.prototype.toString.call(options) === '[object Object]';

function check(where: string, schema: Schema, options: unknown): void {
  if (!isRecord(options)) {
    throw new OptionError(`${where}: expected an object of options; got ${shown(options)}`);
  }
  const result = v.safeParse(schema, options, { abortEarly: true });
  const issue = result.issues?.[0];
  if (!issue) return;
  // Of a list, the option is named and not its element.
  const name = (v.getDotPath(issue) ?? '').split('.')[0] ?? '';
  if (!(name in schema.entries)) {
    const known = Object.keys(schema.entries).join(', ');
    throw new OptionError(`${where}: unknown option '${name}'; expected one of ${known}`);
  }
  throw new OptionError(`${where}: option '${name}': ${issue.message}`);
}

/** The keys of {@link TranscriberOptions}, by which `transcribe()` tells them apart. */
export const transcriberKeys = Object.keys(transcriberSchema.entries);

/** The options of {@link DecodingOptions} among those given. */
export function decodingOptions(options: TranscribeOptions): DecodingOptions {
  const keys = Object.keys(decodingEntries) as (keyof DecodingOptions)[];
  return Object.fromEntries(keys.map((key) => [key, options[key]]));
}

/** Throws an OptionError where the options are not valid. */
export function checkTranscriberOptions(options: unknown): asserts options is TranscriberOptions {
  check('createTranscriber', transcriberSchema, options);
  const { threads: count, variant } = options as TranscriberOptions;
  const isForced = variant !== undefined && variant !== 'auto';
  if (isForced && !hasThreads(variant) && typeof count === 'number' && count > 1) {
    throw new OptionError(
      `createTranscriber: option 'threads': variant '${variant}' computes on one thread; ` +
        `expected 1 or 'auto'; got ${count}`,
    );
  }
}

/** Throws an OptionError where the options are not valid. */
export function checkDownloadOptions(options: unknown): asserts options is DownloadOptions {
  check('downloadModel', downloadSchema, options);
}

/** Throws an OptionError where the options are not valid. */
export function checkTranscribeOptions(options: unknown): asserts options is TranscribeOptions {
  check('transcribe', transcribeSchema, options);
  const { vad } = options as TranscribeOptions;
  if (vad === undefined || typeof vad === 'boolean') return;
  if (!isRecord(vad)) {
    throw new OptionError(
      `transcribe: option 'vad': expected true, false or an object; got ${shown(vad)}`,
    );
  }
  check('transcribe: vad', vadSchema, vad);
}

/** Throws an OptionError where the options are not valid. */
export function checkStreamOptions(options: unknown): asserts options is LiveOptions {
  check('stream', streamSchema, options);
}

/** Throws an OptionError where the options are not valid. */
export function checkCaptureOptions(options: unknown): asserts options is CaptureOptions {
  check('use', captureSchema, options);
}

/** Throws an OptionError where the options are not valid. */
export function checkListenOptions(options: unknown): asserts options is ListenOptions {
  check('listen', listenSchema, options);
}

/** Throws an OptionError where the options are not valid. */
export function checkCaptionOptions(options: unknown): asserts options is VttOptions {
  check('captions', captionSchema, options);
  const { maxLineCount = 0, maxLineWidth = 0 } = options as VttOptions;
  if (maxLineCount > 0 && maxLineWidth === 0) {
    throw new OptionError("captions: option 'maxLineCount': expected maxLineWidth beside it");
  }
}

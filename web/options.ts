// Validation of every option: unknown keys, wrong types and values out of range are OptionErrors
// that name the option, what it may be and what it was.
import * as v from 'valibot';
import { OptionError, shown } from './errors.js';
import { kMaxThreads } from './threads.js';
import type { TranscribeOptions, TranscriberOptions } from './types.js';
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

// A value that later versions take gets its own sentence instead of a list of the others.
const timestamps = v.pipe(
  oneOf(['none', 'segment', 'word']),
  v.check(
    (value) => value !== 'word',
    "'word' is not available in this version; expected 'none' or 'segment'",
  ),
);

const transcriberSchema = v.strictObject({
  model: v.optional(anything),
  modelBaseUrl: v.optional(folder),
  variant: v.optional(oneOf(['auto', ...variantNames])),
  threads: v.optional(threads),
  precision: v.optional(oneOf(['auto', 'q8', 'f32'])),
  transfer: v.optional(flag),
  onProgress: v.optional(callback),
  signal: v.optional(abortSignal),
});

const transcribeSchema = v.strictObject({
  language: v.optional(v.pipe(text, v.nonEmpty("expected a language such as 'en'; got ''"))),
  task: v.optional(oneOf(['transcribe', 'translate'])),
  timestamps: v.optional(timestamps),
  prompt: v.optional(text),
  encoderWindow: v.optional(oneOf(['auto', 'full'])),
  trace: v.optional(flag),
  onSegment: v.optional(callback),
  onToken: v.optional(callback),
  onProgress: v.optional(callback),
  signal: v.optional(abortSignal),
});

type Schema = typeof transcriberSchema | typeof transcribeSchema;

function check(where: string, schema: Schema, options: unknown): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new OptionError(`${where}: expected an object of options; got ${shown(options)}`);
  }
  const result = v.safeParse(schema, options, { abortEarly: true });
  const issue = result.issues?.[0];
  if (!issue) return;
  const name = v.getDotPath(issue) ?? '';
  if (!(name in schema.entries)) {
    const known = Object.keys(schema.entries).join(', ');
    throw new OptionError(`${where}: unknown option '${name}'; expected one of ${known}`);
  }
  throw new OptionError(`${where}: option '${name}': ${issue.message}`);
}

/** The keys of {@link TranscriberOptions}, by which `transcribe()` tells them apart. */
export const transcriberKeys = Object.keys(transcriberSchema.entries);

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
export function checkTranscribeOptions(options: unknown): asserts options is TranscribeOptions {
  check('transcribe', transcribeSchema, options);
}

// Fetches a file into a draft, from where it is: what breaks is taken up again, what comes is
// verified, and only then kept. Worker side only.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { abortError, isAbort, ModelChecksumError, NetworkError, StorageError } from '../errors.js';
import type { FileAsk } from './ranges.js';
import { canResume, partOf, rangeHeaders, recordOf } from './ranges.js';
import type { Draft, FileRecord } from './store.js';

export interface FetchContext {
  signal: AbortSignal;
  /** Told as bytes arrive. */
  onBytes?: ((loadedBytes: number, totalBytes: number | undefined) => void) | undefined;
}

// How long to wait before a download that broke is taken up again: long enough for a network to come
// back from a change of cells, short enough to be told soon where it does not. Counted anew as long
// as each try brings bytes.
const kPauses_ms = [500, 2000];

export function checkDigest(actual: string, expected: string): void {
  if (actual === expected.toLowerCase()) return;
  throw new ModelChecksumError(`SHA-256: expected ${expected.toLowerCase()}; got ${actual}`);
}

export function checkSize(actual: number, expected: number | undefined): void {
  if (expected === undefined || actual === expected) return;
  throw new ModelChecksumError(`size: expected ${expected} bytes; got ${actual}`);
}

async function ask(url: string, headers: Record<string, string>, signal: AbortSignal) {
  try {
    // What is kept here need not be kept by the browser a second time; and damaged bytes that it
    // kept would come again and again.
    return await fetch(url, { signal, headers, cache: 'no-store' });
  } catch (cause) {
    if (signal.aborted || isAbort(cause)) throw abortError(signal);
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new NetworkError(`${url}: expected an answer; got none: ${why}`, url, undefined, {
      cause,
    });
  }
}

// The body is not wanted; leaving it unread would hold the connection.
const drop = (response: Response) => response.body?.cancel().catch(() => {});

async function askWhole(url: string, signal: AbortSignal): Promise<Response> {
  const response = await ask(url, {}, signal);
  if (response.ok && response.body) return response;
  await drop(response);
  const status = `${response.status} ${response.statusText}`.trim();
  throw new NetworkError(`${url}: expected status 200; got ${status}`, url, response.status);
}

const isOwn = (url: string) => new URL(url).origin === globalThis.location?.origin;

// The response that follows what a draft holds; undefined where that is all, 'other' where it is
// none of the file's as it is now.
async function askRest(
  draft: Draft,
  record: FileRecord,
  signal: AbortSignal,
): Promise<Response | 'other' | undefined> {
  const { url } = record;
  if (draft.sizeBytes === record.bytes) return undefined;
  const headers = rangeHeaders(record, draft.sizeBytes, isOwn(url));
  const response = await ask(url, headers, signal).catch((error) => {
    // A server that does not let pages of other origins ask for parts.
    if (error instanceof NetworkError && !isOwn(url)) return 'other' as const;
    throw error;
  });
  if (response === 'other') return response;
  const part = partOf(response, record, draft.sizeBytes);
  if ((part === 'rest' || part === 'whole') && response.body) return response;
  await drop(response);
  return part === 'none' ? undefined : 'other';
}

async function receive(
  response: Response,
  draft: Draft,
  most_bytes: number | undefined,
  context: FetchContext,
  take: (bytes: Uint8Array) => void,
): Promise<void> {
  const { signal, onBytes } = context;
  const { url, bytes: total } = draft.record as FileRecord;
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const next = () =>
    reader.read().catch((cause) => {
      if (signal.aborted || isAbort(cause)) throw abortError(signal);
      const got = `the connection broke after ${draft.sizeBytes}`;
      const message = `${url}: expected ${total ?? 'all'} bytes; ${got}`;
      throw new NetworkError(message, url, response.status, { cause });
    });
  try {
    onBytes?.(draft.sizeBytes, total);
    for (let read = await next(); !read.done; read = await next()) {
      take(read.value);
      await draft.append(read.value);
      // A server that sends more than it promised, perhaps without end, is stopped here.
      if (most_bytes !== undefined && draft.sizeBytes > most_bytes) break;
      onBytes?.(draft.sizeBytes, total);
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** One try. */
async function fetchOnce(draft: Draft, wanted: FileAsk, context: FetchContext): Promise<void> {
  const { signal } = context;
  const hash = wanted.sha256 === undefined ? undefined : sha256.create();
  const known = draft.record && canResume(draft.record, wanted) ? draft.record : undefined;
  const hasPart = known !== undefined && draft.sizeBytes > 0;
  const rest = hasPart ? await askRest(draft, known, signal) : 'other';
  const response = rest === 'other' ? await askWhole(wanted.url, signal) : rest;
  const isFromStart = response && (rest === 'other' || response.status === 200);
  if (isFromStart) await draft.begin(recordOf(response, wanted));
  else if (hash) for await (const piece of draft.read()) hash.update(piece);
  if (response) {
    const total = draft.record?.bytes;
    if (total !== undefined) await draft.reserve(Math.max(0, total - draft.sizeBytes));
    await receive(response, draft, wanted.bytes, context, (bytes) => hash?.update(bytes));
  }
  checkSize(draft.sizeBytes, wanted.bytes);
  if (hash) checkDigest(bytesToHex(hash.digest()), wanted.sha256 as string);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(abortError(signal));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}

// Servers that say no, and those that are not there at all, are not asked again.
function isBreak(error: unknown, draft: Draft): error is NetworkError {
  if (!(error instanceof NetworkError)) return false;
  return error.status === undefined ? draft.sizeBytes > 0 : error.status < 400;
}

async function fetchAll(draft: Draft, wanted: FileAsk, context: FetchContext): Promise<void> {
  let most_bytes = draft.sizeBytes;
  let mayRestart = true;
  for (let fruitless = 0, isResumed = most_bytes > 0; ; ) {
    try {
      return await fetchOnce(draft, wanted, context);
    } catch (error) {
      if (error instanceof ModelChecksumError && isResumed && mayRestart) {
        // Perhaps its parts are of two files; then the file from its beginning is right.
        mayRestart = false;
        isResumed = false;
        await draft.begin({ url: wanted.url });
        continue;
      }
      if (!isBreak(error, draft)) throw error;
      if (draft.sizeBytes > most_bytes) fruitless = 0;
      const wait_ms = kPauses_ms[fruitless++];
      if (wait_ms === undefined) throw error;
      most_bytes = Math.max(most_bytes, draft.sizeBytes);
      isResumed = true;
      await pause(wait_ms, context.signal);
    }
  }
}

/**
 * Fetches the file into the draft, which is then kept; or closed, with what has come, for another
 * time. NetworkError, ModelChecksumError, StorageError or AbortError where it fails.
 */
export async function fetchFile(
  draft: Draft,
  wanted: FileAsk,
  context: FetchContext,
): Promise<void> {
  try {
    await fetchAll(draft, wanted, context);
    await draft.commit();
  } catch (error) {
    // Wrong bytes are of no use, and a full storage has better use for what there is.
    const isUseless = error instanceof ModelChecksumError || error instanceof StorageError;
    // The first failure is the one that says what is wrong.
    await (isUseless ? draft.discard() : draft.close()).catch(() => {});
    throw error;
  }
}

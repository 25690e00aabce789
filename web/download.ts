// Turns a BytesRequest into a source of bytes: fetches, opens, verifies. Worker side only.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { ByteSource } from './bytes.js';
import { BlobSource, BufferSource, ChunkSource, canReadBlobs, FileSource } from './bytes.js';
import {
  abortError,
  FileError,
  isAbort,
  ModelChecksumError,
  ModelFormatError,
  NetworkError,
} from './errors.js';
import type { BytesRequest } from './wire.js';

export interface OpenBytesContext {
  signal: AbortSignal;
  /** Pieces that came ahead, for a request of kind 'fed'. */
  fed?: ChunkSource | undefined;
  /** Told as bytes arrive. */
  onBytes?: (loadedBytes: number, totalBytes: number | undefined) => void;
}

const kPieceBytes = 1 << 20;

function verify(source: ByteSource, expected: string): void {
  const hash = sha256.create();
  const piece = new Uint8Array(kPieceBytes);
  for (let offset = 0; offset < source.sizeBytes; offset += kPieceBytes) {
    const part = piece.subarray(0, Math.min(kPieceBytes, source.sizeBytes - offset));
    if (!source.readAt(offset, part)) throw new ModelFormatError('Truncated', 'the file changed');
    hash.update(part);
  }
  checkDigest(bytesToHex(hash.digest()), expected);
}

function checkDigest(actual: string, expected: string): void {
  if (actual === expected.toLowerCase()) return;
  throw new ModelChecksumError(`SHA-256: expected ${expected.toLowerCase()}; got ${actual}`);
}

function checkSize(actual: number, expected: number | undefined): void {
  if (expected === undefined || actual === expected) return;
  throw new ModelChecksumError(`size: expected ${expected} bytes; got ${actual}`);
}

type UrlRequest = BytesRequest & { kind: 'url' };

async function request(url: string, signal: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { signal });
  } catch (cause) {
    if (signal.aborted || isAbort(cause)) throw abortError(signal);
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new NetworkError(`${url}: expected an answer; got none: ${why}`, url, undefined, {
      cause,
    });
  }
  if (!response.ok || !response.body) {
    // The body is not wanted; leaving it unread would hold the connection.
    await response.body?.cancel();
    const status = `${response.status} ${response.statusText}`.trim();
    throw new NetworkError(`${url}: expected status 200; got ${status}`, url, response.status);
  }
  return response;
}

// Content-Length counts bytes on the wire, which are fewer than ours where they are compressed.
function sizeOf(response: Response): number | undefined {
  const length = Number(response.headers.get('content-length') ?? Number.NaN);
  const encoded = response.headers.get('content-encoding');
  return Number.isSafeInteger(length) && length >= 0 && !encoded ? length : undefined;
}

async function download(ask: UrlRequest, context: OpenBytesContext): Promise<ByteSource> {
  const { signal, onBytes } = context;
  const response = await request(ask.url, signal);
  const total = ask.bytes ?? sizeOf(response);
  const hash = ask.sha256 === undefined ? undefined : sha256.create();
  const source = new ChunkSource();
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  try {
    onBytes?.(0, total);
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      hash?.update(value);
      source.append(value);
      // A server that sends more than it promised, perhaps without end, is stopped here.
      if (ask.bytes !== undefined && source.sizeBytes > ask.bytes) break;
      onBytes?.(source.sizeBytes, total);
    }
  } catch (cause) {
    if (signal.aborted || isAbort(cause)) throw abortError(signal);
    const got = `the connection broke after ${source.sizeBytes}`;
    const message = `${ask.url}: expected ${total ?? 'all'} bytes; ${got}`;
    throw new NetworkError(message, ask.url, response.status, { cause });
  } finally {
    await reader.cancel().catch(() => {});
  }
  checkSize(source.sizeBytes, ask.bytes);
  if (hash) checkDigest(bytesToHex(hash.digest()), ask.sha256 as string);
  return source;
}

// Where Blobs cannot be read synchronously (Node), they are read ahead in slices.
async function readBlob(blob: Blob, context: OpenBytesContext): Promise<ByteSource> {
  if (canReadBlobs) return new BlobSource(blob);
  const source = new ChunkSource();
  for (let offset = 0; offset < blob.size; offset += kPieceBytes) {
    if (context.signal.aborted) throw abortError(context.signal);
    const slice = blob.slice(offset, Math.min(blob.size, offset + kPieceBytes));
    source.append(new Uint8Array(await slice.arrayBuffer()));
  }
  return source;
}

function openFile(ask: BytesRequest & { kind: 'file' }): ByteSource {
  let source: FileSource;
  try {
    source = new FileSource(ask.path);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FileError(`${ask.path}: expected a readable file; got: ${why}`, ask.path, { cause });
  }
  try {
    checkSize(source.sizeBytes, ask.bytes);
    if (ask.sha256 !== undefined) verify(source, ask.sha256);
  } catch (error) {
    source.close();
    throw error;
  }
  return source;
}

/** Opens what is asked for. The caller closes it. */
export async function openBytes(ask: BytesRequest, context: OpenBytesContext): Promise<ByteSource> {
  switch (ask.kind) {
    case 'url':
      return download(ask, context);
    case 'file':
      return openFile(ask);
    case 'blob':
      return readBlob(ask.blob, context);
    case 'buffer':
      return new BufferSource(new Uint8Array(ask.buffer, ask.offset, ask.sizeBytes));
    case 'fed':
      return context.fed ?? new ChunkSource();
  }
}

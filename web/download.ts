// Turns a BytesRequest into a source of bytes: fetches, opens, verifies. Worker side only.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { ByteSource } from './bytes.js';
import { BlobSource, BufferSource, ChunkSource, canReadBlobs, FileSource } from './bytes.js';
import { abortError, FileError, ModelFormatError } from './errors.js';
import type { FetchContext } from './store/fetch_file.js';
import { checkDigest, checkSize, fetchFile } from './store/fetch_file.js';
import { keyOf } from './store/key.js';
import { MemoryStore } from './store/memory_store.js';
import type { BytesRequest, UrlRequest } from './wire.js';

export interface OpenBytesContext extends FetchContext {
  /** Pieces that came ahead, for a request of kind 'fed'. */
  fed?: ChunkSource | undefined;
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

// A file that is used once. What breaks is taken up again, as it is for files that are kept.
async function download(request: UrlRequest, context: OpenBytesContext): Promise<ByteSource> {
  const store = new MemoryStore();
  const key = keyOf(request.url);
  await fetchFile(await store.draft(key), request, context);
  return (await (await store.open(key))?.source()) ?? new ChunkSource();
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

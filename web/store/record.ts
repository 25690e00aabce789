// How a file's record is written.
import type { FileRecord } from './store.js';

// A file is kept with its record before it, so that there is nothing that could come apart:
//
//   "SOTTOKP1" | u32, little-endian: bytes of the record | the record, JSON in UTF-8 | the file
const kMagic = 'SOTTOKP1';
const kHead_bytes = kMagic.length + 4;

// Addresses may be long where they are signed, but not as long as this.
const kMostRecord_bytes = 1 << 16;

/** As many bytes of the beginning hold any record. */
export const kRecordReach_bytes = kHead_bytes + kMostRecord_bytes;

const isText = (value: unknown) => value === undefined || typeof value === 'string';

/** Whether a value read from storage, which others may have written, is a record. */
export function isRecord(value: unknown): value is FileRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { url, bytes, sha256: digest, etag, lastModified } = value as Record<string, unknown>;
  return (
    typeof url === 'string' &&
    (bytes === undefined || (Number.isSafeInteger(bytes) && (bytes as number) >= 0)) &&
    [digest, etag, lastModified].every(isText)
  );
}

/** What stands before the file; undefined where the record is too long to be kept. */
export function encodeRecord(record: FileRecord): Uint8Array | undefined {
  const encoder = new TextEncoder();
  const text = encoder.encode(JSON.stringify(record));
  if (text.length > kMostRecord_bytes) return undefined;
  const bytes = new Uint8Array(kHead_bytes + text.length);
  bytes.set(encoder.encode(kMagic));
  new DataView(bytes.buffer).setUint32(kMagic.length, text.length, true);
  bytes.set(text, kHead_bytes);
  return bytes;
}

/** The record at the beginning of `head`, and where the file begins; undefined where there is none. */
export function decodeRecord(
  head: Uint8Array,
): { record: FileRecord; start_bytes: number } | undefined {
  const magic = String.fromCharCode(...head.subarray(0, kMagic.length));
  if (head.length < kHead_bytes || magic !== kMagic) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const start_bytes = kHead_bytes + view.getUint32(kMagic.length, true);
  if (start_bytes > head.length) return undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(
      head.subarray(kHead_bytes, start_bytes),
    );
    const record: unknown = JSON.parse(text);
    return isRecord(record) ? { record, start_bytes } : undefined;
  } catch {
    return undefined;
  }
}

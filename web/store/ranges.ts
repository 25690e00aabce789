// What HTTP says about parts of a file (RFC 9110, sections 8.8, 13.1.5 and 14). Pure.
import type { FileRecord } from './store.js';

/** A file that is wanted. */
export interface FileAsk {
  url: string;
  bytes?: number | undefined;
  sha256?: string | undefined;
}

/** Whether a kept file, or the beginning of one, may be what is wanted. */
export function fits(record: FileRecord, ask: FileAsk): boolean {
  if (record.url !== ask.url) return false;
  // Bytes that were held against no checksum are not taken for those of one.
  if (ask.sha256 !== undefined && record.sha256 !== ask.sha256.toLowerCase()) return false;
  return ask.bytes === undefined || record.bytes === undefined || ask.bytes === record.bytes;
}

/** Whether the rest of a file can be known to belong to its beginning. */
export function canResume(record: FileRecord, ask: FileAsk): boolean {
  const isNamed = record.etag !== undefined || record.lastModified !== undefined;
  return fits(record, ask) && (isNamed || ask.sha256 !== undefined);
}

/**
 * The headers that ask for what follows `from_bytes`. If-Range, which has the server send the whole file
 * where it is another one, takes names of versions that stand for every byte only; and to another
 * origin it would cost a request for permission, which servers that let their files be read by
 * everybody often refuse.
 */
export function rangeHeaders(
  record: FileRecord,
  from_bytes: number,
  isSameOrigin: boolean,
): Record<string, string> {
  const headers: Record<string, string> = { range: `bytes=${from_bytes}-` };
  const { etag, lastModified } = record;
  const isStrong = etag !== undefined && !etag.startsWith('W/');
  const validator = isStrong ? etag : etag === undefined ? lastModified : undefined;
  if (isSameOrigin && validator !== undefined) headers['if-range'] = validator;
  return headers;
}

/** The part of a response that this module looks at. */
export interface Answer {
  status: number;
  headers: Pick<Headers, 'get'>;
}

const header = ({ headers }: Answer, name: string) => headers.get(name) ?? undefined;

// Where browsers do not show a header of another origin, it is as if it were not there.
function isOtherVersion(answer: Answer, record: FileRecord): boolean {
  const etag = header(answer, 'etag');
  if (etag !== undefined && record.etag !== undefined) return etag !== record.etag;
  const lastModified = header(answer, 'last-modified');
  return lastModified !== record.lastModified && record.lastModified !== undefined;
}

/**
 * What a server made of a request for what follows `from_bytes`: 'rest', as wanted; 'whole', the
 * file from its beginning; 'none', there is nothing more; 'other', nothing that fits what is there.
 */
export function partOf(
  answer: Answer,
  record: FileRecord,
  from_bytes: number,
): 'rest' | 'whole' | 'none' | 'other' {
  const range = header(answer, 'content-range') ?? '';
  if (answer.status === 200) return 'whole';
  if (answer.status === 416) {
    const total = /^bytes \*\/(\d+)$/.exec(range)?.[1];
    const isAll = Number(total) === from_bytes && !isOtherVersion(answer, record);
    return isAll ? 'none' : 'other';
  }
  const [, start, , total] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(range) ?? [];
  const isRest = answer.status === 206 && Number(start) === from_bytes;
  const isOtherSize = total !== '*' && record.bytes !== undefined && Number(total) !== record.bytes;
  return isRest && !isOtherSize && !isOtherVersion(answer, record) ? 'rest' : 'other';
}

/** What is known of a file whose beginning comes by this answer. */
export function recordOf(answer: Answer, ask: FileAsk): FileRecord {
  // Content-Length counts bytes on the wire, which are fewer than ours where they are compressed.
  const length = Number(header(answer, 'content-length') ?? Number.NaN);
  const isPlain = header(answer, 'content-encoding') === undefined;
  const told = Number.isSafeInteger(length) && length >= 0 && isPlain ? length : undefined;
  return {
    url: ask.url,
    bytes: ask.bytes ?? told,
    sha256: ask.sha256?.toLowerCase(),
    etag: header(answer, 'etag'),
    lastModified: header(answer, 'last-modified'),
  };
}

/** Whether an answer to a HEAD request names another version of a file than the one that is kept. */
export function isChanged(answer: Answer, record: FileRecord): boolean {
  if (answer.status !== 200) return false;
  const { bytes } = recordOf(answer, { url: record.url });
  const isOtherSize = bytes !== undefined && record.bytes !== undefined && bytes !== record.bytes;
  return isOtherSize || isOtherVersion(answer, record);
}

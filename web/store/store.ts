// What keeps model files in a browser. A file is a draft until all of its bytes are there and
// verified; only then it is kept, under another name, so that nothing half or wrong is ever opened.
import type { ByteSource } from '../bytes.js';

/** What is known of a file beside its bytes. */
export interface FileRecord {
  /** The address it comes from, which is its identity. */
  url: string;
  /** Its size, where it was told. */
  bytes?: number | undefined;
  /** The SHA-256 that it must have, in lower-case hexadecimal, where one was asked for. */
  sha256?: string | undefined;
  /** By what the server names this version of it: its ETag and Last-Modified headers. */
  etag?: string | undefined;
  lastModified?: string | undefined;
}

/** A file that is kept whole. */
export interface KeptFile {
  record: FileRecord;
  /** Its bytes; the caller closes it. Worker side only. */
  source(): Promise<ByteSource>;
}

/** A line of a list of what is kept. */
export interface Listing {
  key: string;
  record: FileRecord;
  /** Bytes that are there. */
  sizeBytes: number;
  isComplete: boolean;
}

/** A file on its way. Who has a draft holds the lock of its key (locks.ts). Worker side only. */
export interface Draft {
  /** What the bytes so far belong to; undefined where nothing was begun. */
  readonly record: FileRecord | undefined;
  readonly sizeBytes: number;
  /** Begins anew, and drops what was kept under this key. */
  begin(record: FileRecord): Promise<void>;
  /** A StorageError where so many more bytes have no room. */
  reserve(bytes: number): Promise<void>;
  append(bytes: Uint8Array): Promise<void>;
  /** The bytes so far, in order. */
  read(): AsyncIterable<Uint8Array>;
  /** Keeps the file: its bytes are all there and verified. The draft is closed by that. */
  commit(): Promise<void>;
  /** Leaves what is there for another time. */
  close(): Promise<void>;
  /** Throws away what is there, and closes. */
  discard(): Promise<void>;
}

/** A place that keeps files by keys (key.ts). All of it may throw StorageErrors. */
export interface ModelStore {
  /** The kept file; undefined where there is none, or none that can be read. */
  open(key: string): Promise<KeptFile | undefined>;
  draft(key: string): Promise<Draft>;
  /** Bytes of a draft, which another page may be writing; 0 where there is none. */
  draftBytes(key: string): Promise<number>;
  list(): Promise<Listing[]>;
  /** Forgets the kept file and the draft; false where there was neither. */
  delete(key: string): Promise<boolean>;
}

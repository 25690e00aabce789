// Sources of bytes for the core, which reads them synchronously: worker side only.

import type { RawByteSource } from './raw.js';
import { nodeFs } from './runtime.js';

/** A source that holds something until it is closed. */
export interface ByteSource extends RawByteSource {
  close(): void;
}

/** Bytes in place. */
export class BufferSource implements ByteSource {
  #bytes: Uint8Array | undefined;
  readonly sizeBytes: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.sizeBytes = bytes.length;
  }

  readAt(offset: number, target: Uint8Array): boolean {
    if (!this.#bytes || offset + target.length > this.sizeBytes) return false;
    target.set(this.#bytes.subarray(offset, offset + target.length));
    return true;
  }

  close(): void {
    this.#bytes = undefined;
  }
}

interface Piece {
  offset: number;
  bytes: Uint8Array;
  /** Parts that will not be read again: [start, end) in file offsets, sorted, disjoint. */
  released: [number, number][];
  releasedBytes: number;
}

// A piece is dropped when 7/8 of it were released; what is left is copied out, so that the waste
// stays below 1/8 and so does the copying.
const kDropAt = 7 / 8;

/** Adds [start, end) to sorted disjoint ranges and returns how many bytes were new. */
function addRange(ranges: [number, number][], start: number, end: number): number {
  let [from, to] = [start, end];
  let known = 0;
  let first = 0;
  while (first < ranges.length && (ranges[first] as [number, number])[1] < from) first++;
  let last = first;
  for (; last < ranges.length; last++) {
    const [a, b] = ranges[last] as [number, number];
    if (a > to) break;
    known += b - a;
    from = Math.min(from, a);
    to = Math.max(to, b);
  }
  ranges.splice(first, last - first, [from, to]);
  return to - from - known;
}

/**
 * Bytes that arrived in pieces and are freed as they are consumed, so that a model does not exist
 * twice while it moves into the module.
 */
export class ChunkSource implements ByteSource {
  #pieces: Piece[] = [];
  sizeBytes = 0;

  append(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#pieces.push({ offset: this.sizeBytes, bytes, released: [], releasedBytes: 0 });
    this.sizeBytes += bytes.length;
  }

  /** Bytes still held. */
  get heldBytes(): number {
    return this.#pieces.reduce((sum, piece) => sum + piece.bytes.length, 0);
  }

  // Index of the piece that holds the byte at `offset`, or of the next one.
  #find(offset: number): number {
    let low = 0;
    let high = this.#pieces.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const piece = this.#pieces[middle] as Piece;
      if (piece.offset + piece.bytes.length <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  readAt(offset: number, target: Uint8Array): boolean {
    let done = 0;
    for (let index = this.#find(offset); done < target.length; index++) {
      const piece = this.#pieces[index];
      const from = offset + done;
      if (!piece || piece.offset > from) return false;
      const part = piece.bytes.subarray(from - piece.offset, offset + target.length - piece.offset);
      target.set(part, done);
      done += part.length;
    }
    return true;
  }

  release(offset: number, size: number): void {
    const end = offset + size;
    for (let index = this.#find(offset); index < this.#pieces.length; ) {
      const piece = this.#pieces[index] as Piece;
      if (piece.offset >= end) break;
      const pieceEnd = piece.offset + piece.bytes.length;
      const [from, to] = [Math.max(offset, piece.offset), Math.min(end, pieceEnd)];
      piece.releasedBytes += addRange(piece.released, from, to);
      const rest = piece.releasedBytes < kDropAt * piece.bytes.length ? [piece] : remains(piece);
      this.#pieces.splice(index, 1, ...rest);
      index += rest.length;
    }
  }

  /** All bytes as one buffer; the source is empty afterwards. */
  takeAll(): ArrayBuffer {
    const all = new Uint8Array(this.sizeBytes);
    for (const piece of this.#pieces.splice(0)) all.set(piece.bytes, piece.offset);
    return all.buffer;
  }

  close(): void {
    this.#pieces = [];
  }
}

// Copies of what was not released of a piece.
function remains(piece: Piece): Piece[] {
  const rest: Piece[] = [];
  let from = piece.offset;
  const keep = (to: number) => {
    if (to <= from) return;
    const bytes = piece.bytes.slice(from - piece.offset, to - piece.offset);
    rest.push({ offset: from, bytes, released: [], releasedBytes: 0 });
  };
  for (const [start, end] of piece.released) {
    keep(start);
    from = end;
  }
  keep(piece.offset + piece.bytes.length);
  return rest;
}

// The synchronous reader of Blobs that workers have; TypeScript's page types lack it.
interface BlobReaderSync {
  readAsArrayBuffer(blob: Blob): ArrayBuffer;
}
declare const FileReaderSync: { new (): BlobReaderSync } | undefined;

/** Whether Blobs can be read in slices here: in browsers' workers. */
export const canReadBlobs = typeof FileReaderSync !== 'undefined';

// Enough to make the cost of a read (a tenth to a third of a millisecond where another process brings the bytes) small
// against what it brings.
const kReadAhead_bytes = 1 << 20;

/** Bytes that are dear to ask for: read in blocks ahead of what is asked, of which one is held. */
export abstract class AheadSource implements ByteSource {
  #block = new Uint8Array(0);
  #blockOffset = 0;
  #isOpen = true;
  abstract readonly sizeBytes: number;

  /** The bytes from `offset` on, `size` or fewer; throws where there are none any more. */
  protected abstract blockAt(offset: number, size: number): Uint8Array<ArrayBuffer>;

  // The bytes that are held from `offset` on, read if need be.
  #from(offset: number): Uint8Array {
    if (offset < this.#blockOffset || offset >= this.#blockOffset + this.#block.length) {
      this.#block = this.blockAt(offset, Math.min(kReadAhead_bytes, this.sizeBytes - offset));
      this.#blockOffset = offset;
    }
    return this.#block.subarray(offset - this.#blockOffset);
  }

  readAt(offset: number, target: Uint8Array): boolean {
    if (!this.#isOpen || offset + target.length > this.sizeBytes) return false;
    try {
      for (let done = 0; done < target.length; ) {
        const part = this.#from(offset + done).subarray(0, target.length - done);
        if (part.length === 0) return false;
        target.set(part, done);
        done += part.length;
      }
    } catch {
      return false;
    }
    return true;
  }

  close(): void {
    this.#isOpen = false;
    this.#block = new Uint8Array(0);
  }
}

/** A Blob or File, read in slices; it never is in memory whole. */
export class BlobSource extends AheadSource {
  #blob: Blob;
  #reader: BlobReaderSync;
  readonly sizeBytes: number;

  constructor(blob: Blob) {
    super();
    if (!FileReaderSync) throw new TypeError('BlobSource: expected a worker with FileReaderSync');
    this.#reader = new FileReaderSync();
    this.#blob = blob;
    this.sizeBytes = blob.size;
  }

  // Throws for a file that was changed or removed since it was chosen.
  protected blockAt(offset: number, size: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#reader.readAsArrayBuffer(this.#blob.slice(offset, offset + size)));
  }
}

/** A file in Node. */
export class FileSource implements ByteSource {
  #fs = nodeFs();
  #handle: number | undefined;
  readonly sizeBytes: number;

  /** Throws Node's error where the file cannot be opened or is none. */
  constructor(path: string) {
    this.#handle = this.#fs.openSync(path, 'r');
    const stat = this.#fs.fstatSync(this.#handle);
    if (!stat.isFile()) {
      this.close();
      throw new Error(`expected a file; got a ${stat.isDirectory() ? 'folder' : 'device'}`);
    }
    this.sizeBytes = stat.size;
  }

  readAt(offset: number, target: Uint8Array): boolean {
    if (this.#handle === undefined) return false;
    try {
      for (let done = 0; done < target.length; ) {
        const part = target.subarray(done);
        const count = this.#fs.readSync(this.#handle, part, 0, part.length, offset + done);
        if (count === 0) return false;
        done += count;
      }
    } catch {
      return false;
    }
    return true;
  }

  close(): void {
    if (this.#handle !== undefined) this.#fs.closeSync(this.#handle);
    this.#handle = undefined;
  }
}

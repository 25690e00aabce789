// Files in memory: for one use where nothing else keeps them, in Node, and where it is not wanted.
import { ChunkSource } from '../bytes.js';
import type { Draft, FileRecord, KeptFile, Listing, ModelStore } from './store.js';

const kReadPiece_bytes = 1 << 20;

interface Entry {
  record: FileRecord | undefined;
  bytes: ChunkSource;
  isComplete: boolean;
}

class MemoryDraft implements Draft {
  constructor(
    private readonly entries: Map<string, Entry>,
    private readonly key: string,
    private readonly entry: Entry,
  ) {}

  get record(): FileRecord | undefined {
    return this.entry.record;
  }

  get sizeBytes(): number {
    return this.entry.bytes.sizeBytes;
  }

  async begin(record: FileRecord): Promise<void> {
    this.entry.record = record;
    this.entry.bytes = new ChunkSource();
  }

  // The allocation itself says where there is no room.
  async reserve(): Promise<void> {}

  async append(bytes: Uint8Array): Promise<void> {
    this.entry.bytes.append(bytes);
  }

  async *read(): AsyncGenerator<Uint8Array> {
    const { bytes } = this.entry;
    for (let offset = 0; offset < bytes.sizeBytes; offset += kReadPiece_bytes) {
      const piece = new Uint8Array(Math.min(kReadPiece_bytes, bytes.sizeBytes - offset));
      bytes.readAt(offset, piece);
      yield piece;
    }
  }

  async commit(): Promise<void> {
    this.entry.isComplete = true;
  }

  async close(): Promise<void> {}

  async discard(): Promise<void> {
    this.entries.delete(this.key);
  }
}

/** Bytes are freed as they are read: a whole file is opened once, and is then forgotten. */
export class MemoryStore implements ModelStore {
  #entries = new Map<string, Entry>();

  async open(key: string): Promise<KeptFile | undefined> {
    const entry = this.#entries.get(key);
    if (!entry?.record || !entry.isComplete) return undefined;
    const { record, bytes } = entry;
    const source = async () => {
      this.#entries.delete(key);
      return bytes;
    };
    return { record, source };
  }

  async draft(key: string): Promise<Draft> {
    let entry = this.#entries.get(key);
    if (!entry || entry.isComplete) {
      entry = { record: undefined, bytes: new ChunkSource(), isComplete: false };
      this.#entries.set(key, entry);
    }
    return new MemoryDraft(this.#entries, key, entry);
  }

  async draftBytes(key: string): Promise<number> {
    return this.#entries.get(key)?.bytes.sizeBytes ?? 0;
  }

  async list(): Promise<Listing[]> {
    return [...this.#entries].flatMap(([key, { record, bytes, isComplete }]) =>
      record ? [{ key, record, sizeBytes: bytes.sizeBytes, isComplete }] : [],
    );
  }

  async delete(key: string): Promise<boolean> {
    return this.#entries.delete(key);
  }
}

// Files in the origin private file system: a folder of its own, `<key>.part` while they come and
// `<key>.model` when they are whole, each with its record before it (record.ts).
import type { ByteSource } from '../bytes.js';
import { AheadSource, BlobSource } from '../bytes.js';
import { StorageError } from '../errors.js';
import { decodeRecord, encodeRecord, kRecordReach_bytes } from './record.js';
import type { Draft, FileRecord, KeptFile, Listing, ModelStore } from './store.js';
import { checkRoom, storing } from './storing.js';

// TypeScript's page types lack what workers have, and what is not yet in the standard.
interface SyncHandle {
  readonly mode?: string;
  getSize(): number;
  read(into: Uint8Array, options: { at: number }): number;
  write(bytes: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}
interface FileHandle extends FileSystemFileHandle {
  createSyncAccessHandle(options?: { mode: 'read-only' }): Promise<SyncHandle>;
  move(name: string): Promise<void>;
}

const kFolder = 'sotto-models';
const kPart = '.part';
const kModel = '.model';
const kReadPiece_bytes = 1 << 20;

// A page that was just closed may hold its file for a moment longer than its lock, and one that starts
// reads it for a moment.
const kOpenTries = 20;
const kOpenPause_ms = 50;

const named = (error: unknown, name: string) => (error as Error | undefined)?.name === name;

async function whenFree<T>(work: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await work();
    } catch (error) {
      if (!named(error, 'NoModificationAllowedError') || tried >= kOpenTries) throw error;
      await new Promise((resolve) => setTimeout(resolve, kOpenPause_ms));
    }
  }
}

// Undefined where there is no such file.
async function fileOf(
  folder: FileSystemDirectoryHandle,
  name: string,
): Promise<FileHandle | undefined> {
  try {
    return (await folder.getFileHandle(name)) as FileHandle;
  } catch (error) {
    if (named(error, 'NotFoundError') || named(error, 'TypeMismatchError')) return undefined;
    throw error;
  }
}

async function removed(folder: FileSystemDirectoryHandle, name: string): Promise<boolean> {
  try {
    await whenFree(() => folder.removeEntry(name));
    return true;
  } catch (error) {
    if (named(error, 'NotFoundError')) return false;
    throw error;
  }
}

/** Record and bytes of a file; undefined where it has no record. */
async function contentOf(handle: FileSystemFileHandle) {
  const file = await handle.getFile();
  const head = new Uint8Array(await file.slice(0, kRecordReach_bytes).arrayBuffer());
  const found = decodeRecord(head);
  return found && { record: found.record, blob: file.slice(found.start_bytes) };
}

// Files may be renamed or deleted, by another page, between finding and opening them.
const presentContentOf = (handle: FileSystemFileHandle) =>
  contentOf(handle).catch((error) => {
    if (named(error, 'NotFoundError')) return undefined;
    throw error;
  });

/** A kept file, read without the detour that Blobs are. */
class HandleSource extends AheadSource {
  #handle: SyncHandle | undefined;
  #start_bytes: number;
  #room = new Uint8Array(0);
  readonly sizeBytes: number;

  constructor(handle: SyncHandle, sizeBytes: number) {
    super();
    this.#handle = handle;
    this.#start_bytes = handle.getSize() - sizeBytes;
    this.sizeBytes = sizeBytes;
  }

  protected blockAt(offset: number, size: number): Uint8Array<ArrayBuffer> {
    if (this.#room.length < size) this.#room = new Uint8Array(size);
    const block = this.#room.subarray(0, size);
    const count = this.#handle?.read(block, { at: this.#start_bytes + offset }) ?? 0;
    return block.subarray(0, count);
  }

  override close(): void {
    super.close();
    this.#handle?.close();
    this.#handle = undefined;
  }
}

// Several pages may read a file at once where the browser has a mode for that.
async function sourceOf(file: FileHandle, blob: Blob): Promise<ByteSource> {
  const mode = 'read-only';
  const handle = await file.createSyncAccessHandle({ mode }).catch(() => undefined);
  if (handle?.mode === mode) return new HandleSource(handle, blob.size);
  handle?.close();
  return new BlobSource(blob);
}

class OpfsDraft implements Draft {
  #folder: FileSystemDirectoryHandle;
  #key: string;
  #file: FileHandle;
  #handle: SyncHandle;
  #start_bytes = 0;
  record: FileRecord | undefined;
  sizeBytes = 0;

  constructor(folder: FileSystemDirectoryHandle, key: string, file: FileHandle, sync: SyncHandle) {
    this.#folder = folder;
    this.#key = key;
    this.#file = file;
    this.#handle = sync;
    const length = sync.getSize();
    const head = new Uint8Array(Math.min(length, kRecordReach_bytes));
    const found = decodeRecord(head.subarray(0, sync.read(head, { at: 0 })));
    if (!found) return;
    this.record = found.record;
    this.#start_bytes = found.start_bytes;
    this.sizeBytes = length - found.start_bytes;
  }

  begin(record: FileRecord): Promise<void> {
    return storing(record.url, async () => {
      const head = encodeRecord(record);
      if (!head) throw new StorageError('Storage', 'expected a shorter address to keep');
      await removed(this.#folder, this.#key + kModel);
      this.#handle.truncate(0);
      this.#write(head, 0);
      this.record = record;
      this.#start_bytes = head.length;
      this.sizeBytes = 0;
    });
  }

  reserve(bytes: number): Promise<void> {
    return checkRoom(bytes);
  }

  append(bytes: Uint8Array): Promise<void> {
    return storing(this.record?.url ?? '', () => {
      this.#write(bytes, this.#start_bytes + this.sizeBytes);
      this.sizeBytes += bytes.length;
    });
  }

  // Chromium throws nothing where there is no more room, and answers with a number that is none.
  #write(bytes: Uint8Array, at: number): void {
    const written = this.#handle.write(bytes, { at });
    if (written === bytes.length) return;
    const text = `expected room for ${bytes.length} bytes in this site's storage; it is full`;
    throw new StorageError('QuotaExceeded', text);
  }

  async *read(): AsyncGenerator<Uint8Array> {
    const piece = new Uint8Array(kReadPiece_bytes);
    for (let offset = 0; offset < this.sizeBytes; ) {
      const wanted = piece.subarray(0, Math.min(piece.length, this.sizeBytes - offset));
      const at = this.#start_bytes + offset;
      const count = await storing('draft', () => this.#handle.read(wanted, { at }));
      if (count === 0) throw new StorageError('Storage', 'expected more bytes; the draft ended');
      yield wanted.subarray(0, count);
      offset += count;
    }
  }

  commit(): Promise<void> {
    return storing(this.record?.url ?? '', async () => {
      this.#handle.flush();
      this.#handle.close();
      await removed(this.#folder, this.#key + kModel);
      await this.#file.move(this.#key + kModel);
    });
  }

  async close(): Promise<void> {
    this.#handle.close();
  }

  async discard(): Promise<void> {
    this.#handle.close();
    await storing('draft', () => removed(this.#folder, this.#key + kPart));
  }
}

export class OpfsStore implements ModelStore {
  #folder: FileSystemDirectoryHandle;

  private constructor(folder: FileSystemDirectoryHandle) {
    this.#folder = folder;
  }

  /** Undefined where this browser has none, or lets this page have none. */
  static async find(): Promise<OpfsStore | undefined> {
    // Without renaming, a file could not become whole in one step.
    const canMove =
      typeof FileSystemFileHandle === 'function' && 'move' in FileSystemFileHandle.prototype;
    if (!canMove || !navigator.storage?.getDirectory) return undefined;
    try {
      const root = await navigator.storage.getDirectory();
      return new OpfsStore(await root.getDirectoryHandle(kFolder, { create: true }));
    } catch {
      return undefined;
    }
  }

  open(key: string): Promise<KeptFile | undefined> {
    return storing(key, async () => {
      const handle = await fileOf(this.#folder, key + kModel);
      const content = handle && (await presentContentOf(handle));
      return content && { record: content.record, source: () => sourceOf(handle, content.blob) };
    });
  }

  draft(key: string): Promise<Draft> {
    return storing(key, async () => {
      const file = await this.#folder.getFileHandle(key + kPart, { create: true });
      const handle = await whenFree(() => (file as FileHandle).createSyncAccessHandle());
      return new OpfsDraft(this.#folder, key, file as FileHandle, handle);
    });
  }

  async draftBytes(key: string): Promise<number> {
    const handle = await fileOf(this.#folder, key + kPart);
    return (handle && (await presentContentOf(handle))?.blob.size) ?? 0;
  }

  list(): Promise<Listing[]> {
    return storing('list', async () => {
      const listed: Listing[] = [];
      for await (const [name, handle] of this.#folder.entries()) {
        const isComplete = name.endsWith(kModel);
        if (handle.kind !== 'file' || !(isComplete || name.endsWith(kPart))) continue;
        const content = await presentContentOf(handle as FileSystemFileHandle);
        if (!content) continue;
        const { record, blob } = content;
        const key = name.slice(0, name.lastIndexOf('.'));
        listed.push({ key, record, sizeBytes: blob.size, isComplete });
      }
      return listed;
    });
  }

  delete(key: string): Promise<boolean> {
    return storing(key, async () => {
      const whole = await removed(this.#folder, key + kModel);
      const part = await removed(this.#folder, key + kPart);
      return whole || part;
    });
  }
}

// Files in the Cache API, for browsers without an origin private file system. Nothing can be
// appended there, so that a file is a row of blocks: `<key>/0`, `<key>/1` and so on. Its record is
// `<key>.part` while they come and `<key>.model`, with their number, when they are all there.
import { BlobSource } from '../bytes.js';
import { StorageError } from '../errors.js';
import { isRecord } from './record.js';
import type { Draft, FileRecord, KeptFile, Listing, ModelStore } from './store.js';
import { checkRoom, storing } from './storing.js';

const kCache = 'sotto-models';

// What is lost at most when a page is closed while a file comes.
const kBlock_bytes = 4 << 20;

const kSize = 'content-length';

// Entries have addresses; nobody is ever asked for these.
const addressOf = (name: string) => new URL(`/sotto-models/${name}`, location.origin).href;
const blockName = (key: string, index: number) => `${key}/${index}`;

interface Row {
  record: FileRecord;
  /** Of a whole file; undefined of a draft. */
  blocks?: number | undefined;
}

async function rowOf(cache: Cache, name: string): Promise<Row | undefined> {
  const response = await cache.match(addressOf(name));
  const row = (await response?.json().catch(() => undefined)) as Partial<Row> | undefined;
  return row && isRecord(row.record) ? (row as Row) : undefined;
}

const putRow = (cache: Cache, name: string, row: Row) =>
  cache.put(addressOf(name), new Response(JSON.stringify(row)));

/** Sizes of the blocks of a file, up to the first that is missing. */
async function blockSizes(cache: Cache, key: string): Promise<number[]> {
  for (const sizes: number[] = []; ; ) {
    const response = await cache.match(addressOf(blockName(key, sizes.length)));
    const size = Number(response?.headers.get(kSize) ?? Number.NaN);
    if (!Number.isSafeInteger(size)) return sizes;
    sizes.push(size);
  }
}

// The record goes first: blocks without one are nothing.
async function removeAll(cache: Cache, key: string): Promise<boolean> {
  const whole = await cache.delete(addressOf(`${key}.model`));
  const part = await cache.delete(addressOf(`${key}.part`));
  const prefix = addressOf(`${key}/`);
  for (const { url } of await cache.keys()) if (url.startsWith(prefix)) await cache.delete(url);
  return whole || part;
}

class CacheDraft implements Draft {
  #cache: Cache;
  #key: string;
  #blocks: number;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  record: FileRecord | undefined;
  sizeBytes: number;

  constructor(cache: Cache, key: string, row: Row | undefined, sizes: number[]) {
    this.#cache = cache;
    this.#key = key;
    this.record = row?.record;
    this.#blocks = row ? sizes.length : 0;
    this.sizeBytes = row ? sizes.reduce((sum, size) => sum + size, 0) : 0;
  }

  begin(record: FileRecord): Promise<void> {
    return storing(record.url, async () => {
      await removeAll(this.#cache, this.#key);
      await putRow(this.#cache, `${this.#key}.part`, { record });
      this.record = record;
      this.#blocks = 0;
      this.#pending = [];
      this.#pendingBytes = 0;
      this.sizeBytes = 0;
    });
  }

  reserve(bytes: number): Promise<void> {
    return checkRoom(bytes);
  }

  async append(bytes: Uint8Array): Promise<void> {
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    this.sizeBytes += bytes.length;
    if (this.#pendingBytes >= kBlock_bytes) await this.#flush();
  }

  #flush(): Promise<void> {
    return storing(this.record?.url ?? '', async () => {
      if (this.#pendingBytes === 0) return;
      const headers = { [kSize]: String(this.#pendingBytes) };
      const block = new Response(new Blob(this.#pending as Uint8Array<ArrayBuffer>[]), { headers });
      await this.#cache.put(addressOf(blockName(this.#key, this.#blocks)), block);
      this.#blocks++;
      this.#pending = [];
      this.#pendingBytes = 0;
    });
  }

  async *read(): AsyncGenerator<Uint8Array> {
    await this.#flush();
    for (let index = 0; index < this.#blocks; index++) {
      const response = await this.#cache.match(addressOf(blockName(this.#key, index)));
      if (!response) throw new StorageError('Storage', 'expected a block; it is gone');
      yield new Uint8Array(await response.arrayBuffer());
    }
  }

  async commit(): Promise<void> {
    await this.#flush();
    const record = this.record as FileRecord;
    await storing(record.url, async () => {
      await putRow(this.#cache, `${this.#key}.model`, { record, blocks: this.#blocks });
      await this.#cache.delete(addressOf(`${this.#key}.part`));
    });
  }

  async close(): Promise<void> {
    await this.#flush();
  }

  async discard(): Promise<void> {
    this.#pending = [];
    this.#pendingBytes = 0;
    await storing('draft', () => removeAll(this.#cache, this.#key));
  }
}

export class CacheStore implements ModelStore {
  #cache: Cache;

  private constructor(cache: Cache) {
    this.#cache = cache;
  }

  /** Undefined where this browser has none, or lets this page have none. */
  static async find(): Promise<CacheStore | undefined> {
    try {
      return new CacheStore(await caches.open(kCache));
    } catch {
      return undefined;
    }
  }

  open(key: string): Promise<KeptFile | undefined> {
    return storing(key, async () => {
      const row = await rowOf(this.#cache, `${key}.model`);
      if (!row) return undefined;
      const blocks: Blob[] = [];
      for (let index = 0; index < (row.blocks ?? 0); index++) {
        const response = await this.#cache.match(addressOf(blockName(key, index)));
        if (!response) return undefined;
        blocks.push(await response.blob());
      }
      return { record: row.record, source: async () => new BlobSource(new Blob(blocks)) };
    });
  }

  draft(key: string): Promise<Draft> {
    return storing(key, async () => {
      const row = await rowOf(this.#cache, `${key}.part`);
      return new CacheDraft(this.#cache, key, row, row ? await blockSizes(this.#cache, key) : []);
    });
  }

  async draftBytes(key: string): Promise<number> {
    return (await blockSizes(this.#cache, key)).reduce((sum, size) => sum + size, 0);
  }

  list(): Promise<Listing[]> {
    return storing('list', async () => {
      const listed: Listing[] = [];
      for (const { url } of await this.#cache.keys()) {
        const [, key, ending] = /\/([0-9a-f]+)\.(part|model)$/.exec(url) ?? [];
        const row = key && (await rowOf(this.#cache, `${key}.${ending}`));
        if (!row) continue;
        const sizeBytes = await this.draftBytes(key);
        listed.push({ key, record: row.record, sizeBytes, isComplete: ending === 'model' });
      }
      return listed;
    });
  }

  delete(key: string): Promise<boolean> {
    return storing(key, () => removeAll(this.#cache, key));
  }
}

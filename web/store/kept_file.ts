// A file from where it is kept, or fetched to be kept. Worker side only.
import type { ByteSource } from '../bytes.js';
import { StorageError } from '../errors.js';
import { CacheStore } from './cache_store.js';
import type { FetchContext } from './fetch_file.js';
import { fetchFile } from './fetch_file.js';
import { keyOf } from './key.js';
import { locked, tryLocked } from './locks.js';
import { OpfsStore } from './opfs_store.js';
import type { FileAsk } from './ranges.js';
import { fits, isChanged } from './ranges.js';
import type { ModelStore } from './store.js';

/** A file, and what can be said of it once it was read. */
export interface KeptSource {
  source: ByteSource;
  /** It was fetched just now. */
  isNew: boolean;
  /** It cannot be used: forget it. */
  forget(): Promise<void>;
  /**
   * Asks the server whether it has another version by now, and forgets this one then, so that the
   * next use fetches it. Never fails.
   */
  checkAge(): Promise<void>;
}

/** The place that keeps files here; undefined where there is none. */
export async function findStore(): Promise<ModelStore | undefined> {
  return (await OpfsStore.find()) ?? (await CacheStore.find());
}

// How often to look how far another page is with the same file.
const kLook_ms = 500;

async function whileWaiting<T>(
  store: ModelStore,
  key: string,
  { signal, onBytes }: FetchContext,
  work: () => Promise<T>,
): Promise<T> {
  const look = async () => {
    const bytes = await store.draftBytes(key).catch(() => 0);
    if (bytes > 0 && isWaiting) onBytes?.(bytes, undefined);
  };
  let isWaiting = true;
  const timer = setInterval(() => void look(), kLook_ms);
  const stop = () => {
    isWaiting = false;
    clearInterval(timer);
  };
  try {
    return await locked(key, signal, () => {
      stop();
      return work();
    });
  } finally {
    stop();
  }
}

async function forgetIfChanged(store: ModelStore, key: string, url: string): Promise<void> {
  // Without a network, a request would only leave a complaint in the console.
  if (globalThis.navigator?.onLine === false) return;
  const answer = await fetch(url, { method: 'HEAD', cache: 'no-store' });
  const record = (await store.open(key))?.record;
  if (record && isChanged(answer, record)) await tryLocked(key, () => store.delete(key));
}

/** The kept file that fits; a StorageError where the storage fails. */
async function openKept(
  store: ModelStore,
  key: string,
  ask: FileAsk,
): Promise<KeptSource | undefined> {
  const file = await store.open(key);
  if (!file || !fits(file.record, ask)) return undefined;
  const isPinned = ask.sha256 !== undefined;
  return {
    source: await file.source(),
    isNew: false,
    forget: async () => {
      await store.delete(key);
    },
    checkAge: async () => {
      if (!isPinned) await forgetIfChanged(store, key, ask.url).catch(() => {});
    },
  };
}

/** Fetches the file unless it is kept; errors are those of fetchFile(). */
export async function keptFile(
  store: ModelStore,
  ask: FileAsk,
  context: FetchContext,
): Promise<KeptSource> {
  const key = keyOf(ask.url);
  const found = await openKept(store, key, ask);
  if (found) return found;
  return whileWaiting(store, key, context, async () => {
    // Another page may have fetched it meanwhile.
    const present = await openKept(store, key, ask);
    if (present) return present;
    await fetchFile(await store.draft(key), ask, context);
    const fetched = await openKept(store, key, ask);
    if (!fetched) throw new StorageError('Storage', `${ask.url}: expected a kept file; got none`);
    return { ...fetched, isNew: true, checkAge: async () => {} };
  });
}

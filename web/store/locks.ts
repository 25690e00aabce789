// One page at a time fetches a file: a lock that all pages and workers of a site share.
import { abortError } from '../errors.js';

const lockOf = (key: string) => `sotto-model-${key}`;

/** What tryLocked() answers where another one holds the lock. */
export const kTaken = /* @__PURE__ */ Symbol('taken');

async function hold<T>(
  key: string,
  options: LockOptions,
  work: (isHeld: boolean) => Promise<T>,
): Promise<T> {
  const locks = globalThis.navigator?.locks;
  if (!locks) return work(true);
  let isStarted = false;
  try {
    return await locks.request(lockOf(key), options, (lock) => {
      isStarted = true;
      return work(lock !== null);
    });
  } catch (error) {
    if (isStarted) throw error;
    if (options.signal?.aborted) throw abortError(options.signal);
    // A browser that lets this page have no locks lets it have no storage to share either.
    return work(true);
  }
}

/** Does `work` when nobody else of this site is at the same file. */
export function locked<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  return hold(key, { signal }, work);
}

/** Does `work` if nobody is at the file now. */
export function tryLocked<T>(key: string, work: () => Promise<T>): Promise<T | typeof kTaken> {
  return hold<T | typeof kTaken>(key, { ifAvailable: true }, async (isHeld) =>
    isHeld ? work() : kTaken,
  );
}

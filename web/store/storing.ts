// Failures of browsers' storage as errors of the package.
import { SottoError, StorageError } from '../errors.js';

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

/** Does something with the browser's storage; what it throws becomes a StorageError. */
export async function storing<T>(what: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof SottoError) throw cause;
    const { name, message } = cause as Error;
    if (name === 'QuotaExceededError') {
      const text = `${what}: expected room in this site's storage; it is full: ${message}`;
      throw new StorageError('QuotaExceeded', text, { cause });
    }
    throw new StorageError('Storage', `${what}: expected storage; got ${name}: ${message}`, {
      cause,
    });
  }
}

/** A StorageError where the browser says that so many bytes more have no room. */
export async function checkRoom(bytes: number): Promise<void> {
  // Where it tells nothing, the writing itself will.
  const { quota, usage } = (await navigator.storage?.estimate?.().catch(() => undefined)) ?? {};
  if (quota === undefined || usage === undefined || bytes <= quota - usage) return;
  const free = megabytes(Math.max(0, quota - usage));
  throw new StorageError(
    'QuotaExceeded',
    `expected ${megabytes(bytes)} of room in this site's storage; the browser gives it ${free}`,
  );
}

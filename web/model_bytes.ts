// The bytes of a model: from where they are kept, or from where they come. Worker side only.
import type { ByteSource } from './bytes.js';
import type { OpenBytesContext } from './download.js';
import { openBytes } from './download.js';
import {
  ModelChecksumError,
  ModelFormatError,
  StorageError,
  UnsupportedModelError,
} from './errors.js';
import type { KeptSource } from './store/kept_file.js';
import { findStore, keptFile } from './store/kept_file.js';
import type { BytesRequest, UrlRequest } from './wire.js';

/** Whether a file is one that is kept: blob: and data: addresses have their bytes here already. */
const isKeepable = (request: BytesRequest): request is UrlRequest =>
  request.kind === 'url' && request.keep === true && /^https?:/.test(request.url);

// What a file that is damaged, or of another version, is refused with.
const isUnreadable = (error: unknown) =>
  error instanceof ModelFormatError ||
  error instanceof ModelChecksumError ||
  error instanceof UnsupportedModelError;

async function openKept(
  request: UrlRequest,
  context: OpenBytesContext,
): Promise<KeptSource | undefined> {
  try {
    const store = await findStore();
    return store && (await keptFile(store, request, context));
  } catch (error) {
    // A storage that is full, or fails, is no reason not to work: without it, as if there were none.
    if (error instanceof StorageError) return undefined;
    throw error;
  }
}

/** Opens a model, reads it by `use`, and closes it. What is kept and unreadable is fetched anew. */
export async function withModel<T>(
  request: BytesRequest,
  context: OpenBytesContext,
  use: (source: ByteSource) => T | Promise<T>,
): Promise<T> {
  const kept = isKeepable(request) ? await openKept(request, context) : undefined;
  const source = kept?.source ?? (await openBytes(request, context));
  try {
    const value = await use(source);
    void kept?.checkAge();
    return value;
  } catch (error) {
    if (!kept || !isUnreadable(error)) throw error;
    // What is being read cannot be deleted.
    source.close();
    await kept.forget();
    if (kept.isNew) throw error;
  } finally {
    source.close();
  }
  return withModel(request, context, use);
}

/** Fetches a model to keep it; a StorageError where nothing here keeps it. */
export async function keepModel(request: BytesRequest, context: OpenBytesContext): Promise<void> {
  const store = isKeepable(request) ? await findStore() : undefined;
  if (!store) {
    throw new StorageError(
      'Storage',
      'expected a browser that keeps files for this page; got none',
    );
  }
  const { source } = await keptFile(store, request as UrlRequest, context);
  source.close();
}

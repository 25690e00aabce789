// What is kept of models in this browser: list it, delete it, fetch it ahead. Page side.
import * as Comlink from 'comlink';
import { connect } from './connection.js';
import { abortError, BusyError, OptionError, shown } from './errors.js';
import { locate, looksLikeAddress } from './locate.js';
import type { ModelSpec } from './models.js';
import { nameOfFile } from './models.js';
import { checkDownloadOptions } from './options.js';
import { RunningCall } from './running_call.js';
import { isNode } from './runtime.js';
import { modelSource, vadSource } from './source.js';
import { CacheStore } from './store/cache_store.js';
import { kTaken, tryLocked } from './store/locks.js';
import { OpfsStore } from './store/opfs_store.js';
import type { FileRecord, ModelStore } from './store/store.js';
import type { TranscriberOptions } from './types.js';
import type { Reply } from './wire.js';
import { fromWire } from './wire.js';

/** A model file that this browser keeps for this site. */
export interface KeptModel {
  /** The name of a named model, or 'silero-vad'; undefined for a file that is none of these. */
  name: string | undefined;
  /** Where it was downloaded from. */
  url: string;
  /** Bytes that are there. */
  sizeBytes: number;
  /** Bytes in all; undefined where the server did not tell. */
  totalBytes: number | undefined;
  /** Whether it is whole; what is not is taken up again by the next download. */
  isComplete: boolean;
  /** The SHA-256 it was held against, where one was known. */
  sha256: string | undefined;
}

/** Options of {@link downloadModel}: as those of {@link createTranscriber}. */
export type DownloadOptions = Pick<
  TranscriberOptions,
  'modelBaseUrl' | 'vadModel' | 'onProgress' | 'signal'
>;

// Both, since a browser that has learned the first may still hold files in the second.
async function stores(): Promise<ModelStore[]> {
  if (isNode) return [];
  const found = await Promise.all([OpfsStore.find(), CacheStore.find()]);
  return found.filter((store) => store !== undefined);
}

/**
 * The model files that this browser keeps for this site, whole ones and those that a download left
 * unfinished; none in Node.
 *
 * @throws {@link StorageError}
 */
export async function listModels(): Promise<KeptModel[]> {
  const lists = await Promise.all((await stores()).map((store) => store.list()));
  return lists.flat().map(({ record, sizeBytes, isComplete }) => ({
    name: nameOfFile(record.sha256),
    url: record.url,
    sizeBytes,
    totalBytes: record.bytes ?? (isComplete ? sizeBytes : undefined),
    isComplete,
    sha256: record.sha256,
  }));
}

/**
 * Deletes what is kept of a model: of a named one by its name, from wherever it came, or of one
 * address. Transcribers that run it go on. Says whether there was something.
 *
 * @throws {@link OptionError}, {@link BusyError} while it is being downloaded, {@link StorageError}
 */
export async function deleteModel(model: string | URL): Promise<boolean> {
  if (typeof model !== 'string' && !(model instanceof URL)) {
    throw new OptionError(`deleteModel: expected a name or an address; got ${shown(model)}`);
  }
  const isAddress = model instanceof URL || looksLikeAddress(model);
  const place = isAddress && !isNode ? locate(model, 'deleteModel') : undefined;
  const isMeant = ({ url, sha256 }: FileRecord) =>
    place?.kind === 'url' ? url === place.url : nameOfFile(sha256) === model;
  let isDeleted = false;
  for (const store of await stores()) {
    for (const { key, record } of await store.list()) {
      if (!isMeant(record)) continue;
      const deleted = await tryLocked(key, () => store.delete(key));
      if (deleted === kTaken) {
        throw new BusyError(`${record.url}: expected no download of it; it is being downloaded`);
      }
      isDeleted ||= deleted;
    }
  }
  return isDeleted;
}

/**
 * Downloads a model and keeps it, with the weights of voice activity, so that {@link
 * createTranscriber} finds both here, without a network too. What is there already is not
 * downloaded again; what is unfinished is finished.
 *
 * @throws {@link OptionError}, {@link NetworkError}, {@link ModelChecksumError}, {@link
 * StorageError} where there is no room or nothing here keeps files (as in Node),
 * {@link WorkerError}, or an `AbortError` when `signal` stops it; what has come is kept then.
 */
export async function downloadModel(
  model: string | URL | ModelSpec,
  options: DownloadOptions = {},
): Promise<void> {
  checkDownloadOptions(options);
  if (typeof model !== 'string' && !(model instanceof URL) && !('url' in Object(model))) {
    const expected = 'expected a name, an address or { url, bytes, sha256 }';
    throw new OptionError(`downloadModel: ${expected}; got ${shown(model)}`);
  }
  const { onProgress, signal } = options;
  if (signal?.aborted) throw abortError(signal);
  const wanted = { ...options, model };
  const source = modelSource(wanted);
  const vad = { model: vadSource(wanted), wanted: options.vadModel !== undefined };
  const call = new RunningCall((event) => {
    if (event.type === 'load') onProgress?.(event.progress);
  });
  const connection = await connect({ emit: (_, event) => call.onEvent(event), pull: call.pull });
  const stop = () => void connection.remote.abort(0);
  signal?.addEventListener('abort', stop);
  try {
    if (signal?.aborted) throw abortError(signal);
    const request = { model: await source.prepare(connection.remote), vad };
    const reply = await connection.orDeath<Reply<void>>(connection.remote.keep(request));
    call.throwIfFailed();
    if (signal?.aborted) throw abortError(signal);
    if (!reply.ok) throw fromWire(reply.error);
  } finally {
    signal?.removeEventListener('abort', stop);
    connection.remote[Comlink.releaseProxy]();
    connection.terminate();
  }
}

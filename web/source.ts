// Where the model's bytes come from, seen from the page.
import * as Comlink from 'comlink';
import { isDetached, kDetached } from './detached.js';
import { OptionError, shown } from './errors.js';
import type { Location } from './locate.js';
import { inFolder, locate, looksLikeAddress } from './locate.js';
import type { ModelSpec, NamedModel } from './models.js';
import { findNamedModel, namedModels, vadFile } from './models.js';
import { besideModule, isNode } from './runtime.js';
import type { TranscriberOptions } from './types.js';
import type { BytesRequest, WorkerApi } from './wire.js';

/** A model that a worker can be told to open. */
export interface ModelSource {
  /** Sends ahead what must be sent, and says what to open. */
  prepare(remote: Comlink.Remote<WorkerApi>): Promise<BytesRequest>;
  /** Whether it can be opened again, by a worker that replaces one that died. */
  reopens: boolean;
}

const tagOf = (value: unknown) => Object.prototype.toString.call(value).slice(8, -1);

/** Whether a value is a Blob or File, of whatever realm. */
export function isBlob(value: unknown): value is Blob {
  return tagOf(value) === 'Blob' || tagOf(value) === 'File';
}

const fixed = (request: BytesRequest): ModelSource => ({
  prepare: async () => request,
  reopens: true,
});

/** What a worker is told of a file by its place. */
function fileAt(
  where: Location,
  { cache = 'auto' }: TranscriberOptions,
  known: Pick<ModelSpec, 'bytes' | 'sha256'> = {},
): BytesRequest {
  const { bytes, sha256 } = known;
  return where.kind === 'url'
    ? { ...where, bytes, sha256, keep: cache === 'auto' }
    : { ...where, bytes, sha256 };
}

// Beside the folder of the package, or of the bundle that it is part of. Some bundlers write down the
// address that the package had where they ran, which says nothing to a page: beside the page then.
function defaultModels(): URL | string {
  const beside = besideModule('../models/', import.meta.url);
  const isLost =
    beside.protocol === 'file:' && !isNode && globalThis.location?.protocol !== 'file:';
  return isLost ? 'models/' : beside;
}

function inModels(modelBaseUrl: TranscriberOptions['modelBaseUrl'], file: string): Location {
  return inFolder(modelBaseUrl ?? defaultModels(), file, 'modelBaseUrl');
}

function named(model: NamedModel, options: TranscriberOptions): ModelSource {
  const where = inModels(options.modelBaseUrl, model.file);
  // A file on this machine is what the set-up made; its tensors have checksums of their own.
  return fixed(where.kind === 'url' ? fileAt(where, options, model) : where);
}

function fromString(text: string, options: TranscriberOptions): ModelSource {
  const model = findNamedModel(text);
  if (model) return named(model, options);
  if (looksLikeAddress(text)) return fixed(fileAt(locate(text, 'model'), options));
  const names = namedModels.map(({ name }) => `'${name}'`).join(', ');
  throw new OptionError(`model: expected ${names}, an address or bytes; got ${shown(text)}`);
}

function fromSpec(spec: ModelSpec, options: TranscriberOptions): ModelSource {
  const { url, bytes, sha256, ...rest } = spec;
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) {
    throw new OptionError(`model: unknown key '${unknown}'; expected url, bytes, sha256`);
  }
  if (typeof url !== 'string' && !(url instanceof URL)) {
    throw new OptionError(`model.url: expected a string or URL; got ${shown(url)}`);
  }
  if (bytes !== undefined && !(Number.isSafeInteger(bytes) && bytes > 0)) {
    throw new OptionError(`model.bytes: expected a whole number from 1; got ${shown(bytes)}`);
  }
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/i.test(String(sha256))) {
    throw new OptionError(`model.sha256: expected 64 hexadecimal digits; got ${shown(sha256)}`);
  }
  return fixed(fileAt(locate(url, 'model.url'), options, { bytes, sha256 }));
}

// A message of pieces, each copied once: large enough to be quick, small enough that a batch
// holds the page up for a few milliseconds only.
const kPieceBytes = 1 << 20;
const kBatchBytes = 8 << 20;

// Copied into pieces, because a clone of the whole would exist beside the caller's bytes and the
// engine's until loading ends; pieces are freed as they are loaded.
async function feed(bytes: Uint8Array, remote: Comlink.Remote<WorkerApi>): Promise<BytesRequest> {
  for (let start = 0; start < bytes.length; start += kBatchBytes) {
    const pieces: ArrayBuffer[] = [];
    const end = Math.min(bytes.length, start + kBatchBytes);
    for (let offset = start; offset < end; offset += kPieceBytes) {
      pieces.push(
        new Uint8Array(bytes.subarray(offset, Math.min(end, offset + kPieceBytes))).buffer,
      );
    }
    await remote.feed(Comlink.transfer(pieces, pieces));
  }
  return { kind: 'fed' };
}

function fromBytes(bytes: Uint8Array, transfer: boolean): ModelSource {
  const { buffer, byteOffset: offset, byteLength: sizeBytes } = bytes;
  if (!transfer || !(buffer instanceof ArrayBuffer)) {
    // Held no longer than loading takes: the caller's bytes are not kept alive by us.
    let held: Uint8Array | undefined = bytes;
    const prepare = async (remote: Comlink.Remote<WorkerApi>) => {
      const now = held ?? new Uint8Array(0);
      held = undefined;
      return feed(now, remote);
    };
    return { prepare, reopens: false };
  }
  const request: BytesRequest = { kind: 'buffer', buffer, offset, sizeBytes };
  return { prepare: async () => Comlink.transfer(request, [buffer]), reopens: false };
}

function bytesOf(model: ArrayBuffer | Uint8Array): Uint8Array {
  const buffer = ArrayBuffer.isView(model) ? model.buffer : model;
  // As a second transcriber finds the buffer that the first one was made of with `transfer`.
  if (isDetached(buffer)) {
    throw new OptionError(`model: expected a buffer that is there; got ${kDetached}`);
  }
  if (!ArrayBuffer.isView(model)) return new Uint8Array(model);
  return new Uint8Array(buffer, model.byteOffset, model.byteLength);
}

/** Understands the `vadModel` option; OptionError where it is none. */
export function vadSource(options: TranscriberOptions): BytesRequest {
  const { vadModel, modelBaseUrl } = options;
  if (vadModel === undefined) {
    return fileAt(inModels(modelBaseUrl, vadFile.file), options, vadFile);
  }
  if (isBlob(vadModel)) return { kind: 'blob', blob: vadModel };
  if (typeof vadModel === 'string' || vadModel instanceof URL) {
    return fileAt(locate(vadModel, 'vadModel'), options);
  }
  throw new OptionError(`vadModel: expected an address or a Blob; got ${shown(vadModel)}`);
}

/** Understands the `model` option; OptionError where it is none. */
export function modelSource(options: TranscriberOptions): ModelSource {
  const { model = 'tiny.en', transfer = false } = options;
  if (typeof model === 'string') return fromString(model, options);
  if (model instanceof URL) return fixed(fileAt(locate(model, 'model'), options));
  if (isBlob(model)) return fixed({ kind: 'blob', blob: model });
  const isBuffer = tagOf(model) === 'ArrayBuffer';
  if (isBuffer || ArrayBuffer.isView(model)) {
    return fromBytes(bytesOf(model as ArrayBuffer | Uint8Array), transfer);
  }
  if (typeof model === 'object' && model !== null && 'url' in model) {
    return fromSpec(model, options);
  }
  throw new OptionError(
    `model: expected a name, an address, { url, bytes, sha256 }, a Blob, an ArrayBuffer or a ` +
      `Uint8Array; got ${shown(model)}`,
  );
}

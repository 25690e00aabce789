// The worker: owns the wasm module, the engine and its sessions. One call at a time works; an
// abort comes in between two slices of it.
import * as Comlink from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { ChunkSource } from './bytes.js';
import { NetworkError, WorkerError } from './errors.js';
import type { ListenRequest } from './live_wire.js';
import { LiveRun } from './live_worker.js';
import { keepModel, withModel } from './model_bytes.js';
import { loadGlue, startModule } from './module.js';
import type { RawByteSource, RawEngine, RawModule } from './raw.js';
import { asFailure, unwrap } from './raw_errors.js';
import { isNode, nodeWorkerThreads } from './runtime.js';
import { breathe, Events, transcribe } from './session.js';
import { runThread, threadVariant } from './thread_workers.js';
import { VoiceActivity } from './voice.js';
import type {
  DecodeReply,
  HostApi,
  KeepRequest,
  OpenReply,
  OpenRequest,
  Reply,
  TranscribeReply,
  TranscribeRequest,
  WorkerApi,
} from './wire.js';
import { toWire } from './wire.js';

/** Runs a part of open() and takes its time. */
async function timed<T>(work: () => Promise<T> | T): Promise<[T, number]> {
  const start_ms = performance.now();
  const value = await work();
  return [value, performance.now() - start_ms];
}

// Tells the page by a lock that this worker lives: it is freed however the worker ends. False where
// the browser has none, or lets this page have none.
function holdLock(name: string): Promise<boolean> {
  if (isNode || !globalThis.navigator?.locks) return Promise.resolve(false);
  return new Promise((tell) => {
    const forever = new Promise<void>(() => {});
    const hold = () => {
      tell(true);
      return forever;
    };
    navigator.locks.request(name, hold).catch(() => tell(false));
  });
}

// The buffer of a download that goes back to the page for decoding is moved and not copied.
function withTransfer<T>(reply: Reply<T>): Reply<T> {
  const value = reply.ok ? (reply.value as Partial<DecodeReply>) : undefined;
  return value?.bytes ? Comlink.transfer(reply, [value.bytes]) : reply;
}

class EngineWorker implements WorkerApi {
  #host: Comlink.Remote<HostApi> | undefined;
  #fed = new ChunkSource();
  #module: RawModule | undefined;
  #engine: RawEngine | undefined;
  #voice: VoiceActivity | undefined;
  #running = new Map<number, AbortController>();
  #live = new Map<number, LiveRun>();

  connect(port: MessagePort, lock: string): Promise<boolean> {
    this.#host = Comlink.wrap<HostApi>(port);
    return holdLock(lock);
  }

  feed(pieces: ArrayBuffer[]): void {
    for (const piece of pieces) this.#fed.append(new Uint8Array(piece));
  }

  open(request: OpenRequest): Promise<Reply<OpenReply>> {
    return this.#call(0, (signal, events) => this.#open(request, signal, events));
  }

  keep(request: KeepRequest): Promise<Reply<void>> {
    return this.#call(0, (signal, events) => keep(request, signal, events));
  }

  transcribe(request: TranscribeRequest): Promise<Reply<TranscribeReply | DecodeReply>> {
    return this.#call(request.id, (signal, events) => {
      const [module, engine, host] = [this.#module, this.#engine, this.#host];
      if (!module || !engine || !host) throw new WorkerError('expected open() before; got none');
      const voice = this.#voice;
      return transcribe(request, { module, engine, host, events, signal, voice });
    });
  }

  listen(request: ListenRequest): Promise<Reply<void>> {
    return this.#call(request.id, async (signal, events) => {
      const [module, engine, voice] = [this.#module, this.#engine, this.#voice];
      if (!module || !engine || !voice) throw new WorkerError('expected open() before; got none');
      const run = new LiveRun(request, {
        engine,
        prepareVoice: (vad, signal) => voice.prepare(vad, signal),
        heapBytes: () => module.heapBytes(),
        emit: (news) => events.emit({ type: 'live', news }),
        now_ms: () => performance.now(),
        breathe,
        signal,
      });
      this.#live.set(request.id, run);
      return run.run().finally(() => this.#live.delete(request.id));
    });
  }

  finish(id: number): void {
    this.#live.get(id)?.finish();
  }

  abort(id: number): void {
    this.#running.get(id)?.abort();
  }

  async #call<T>(
    id: number,
    work: (signal: AbortSignal, events: Events) => Promise<T>,
  ): Promise<Reply<T>> {
    const controller = new AbortController();
    this.#running.set(id, controller);
    try {
      if (!this.#host) throw new WorkerError('expected connect() before; got none');
      const events = new Events(this.#host, id);
      const value = await work(controller.signal, events);
      await events.settled();
      return withTransfer({ ok: true, value });
    } catch (error) {
      return { ok: false, error: toWire(asFailure(error)) };
    } finally {
      this.#running.delete(id);
    }
  }

  async #open(request: OpenRequest, signal: AbortSignal, events: Events): Promise<OpenReply> {
    const context = { signal, fed: this.#fed, onBytes: downloadEvents(events) };
    const start_ms = performance.now();
    // The engine is compiled while the model arrives.
    const compiling = timed(() => startModule(request.variant, request.threads));
    const opening = withModel(request.model, context, async (source) => {
      const download_ms = performance.now() - start_ms;
      const [module] = await compiling;
      const [engine, load_ms] = await timed(() => load(module, source, request, events));
      return { engine, download_ms, load_ms };
    });
    const [[module, compile_ms], { engine, ...times }] = await Promise.all([compiling, opening]);
    this.#module = module;
    this.#engine = engine;
    this.#voice = new VoiceActivity(engine, request.vad);
    return {
      model: engine.info(),
      threads: engine.threads(),
      dotFlavour: module.dotFlavour(),
      compile_ms,
      ...times,
    };
  }
}

function downloadEvents(events: Events) {
  return (loadedBytes: number, totalBytes: number | undefined) => {
    const fraction = totalBytes ? Math.min(1, loadedBytes / totalBytes) : undefined;
    const progress = { stage: 'download', fraction, loadedBytes, totalBytes } as const;
    events.emit({ type: 'load', progress });
  };
}

// What a transcriber of that model reads. Nothing of it is opened; where nobody asked for voice
// activity, the server need not have its weights.
async function keep({ model, vad }: KeepRequest, signal: AbortSignal, events: Events) {
  await keepModel(model, { signal, onBytes: downloadEvents(events) });
  await keepModel(vad.model, { signal }).catch((error) => {
    if (vad.wanted || !(error instanceof NetworkError)) throw error;
  });
}

function load(
  module: RawModule,
  source: RawByteSource,
  { precision, threads }: OpenRequest,
  events: Events,
): RawEngine {
  const onProgress = (fraction: number) => {
    const size = { loadedBytes: source.sizeBytes, totalBytes: source.sizeBytes };
    events.emit({ type: 'load', progress: { stage: 'load', fraction, ...size } });
    return true;
  };
  return unwrap(module.Engine.load(source, { precision, threads, onProgress }), 'model');
}

function expose(worker: WorkerApi): void {
  if (!isNode) {
    Comlink.expose(worker);
    return;
  }
  const { parentPort } = nodeWorkerThreads();
  if (!parentPort) throw new WorkerError('expected a worker thread; got the main thread');
  Comlink.expose(worker, nodeEndpoint(parentPort));
}

const variant = threadVariant();
if (variant) void runThread(() => loadGlue(variant));
else expose(new EngineWorker());

// The workers that Emscripten's threads run in. They are started here and not by its glue, whose
// way to name itself no bundler follows: a thread is worker.js again, which finds out by its name
// that it is one, and leaves itself to the glue.
import { WorkerError } from './errors.js';
import type { RawModule, RawThreadWorker } from './raw.js';
import { isNode, nodeWorkerThreads } from './runtime.js';
import type { Variant } from './types.js';

// The glue knows a thread by this beginning of its name.
const kThreadName = 'em-pthread';

interface Scope {
  name?: string;
  self?: unknown;
  location?: { href: string };
  importScripts?: (address: string) => void;
  postMessage?: (message: unknown) => void;
  onmessage?: (event: { data: unknown }) => void;
}

const scope = globalThis as unknown as Scope;

/** As much of a web worker as the glue uses, made of a worker thread of Node. */
class NodeThreadWorker implements RawThreadWorker {
  onmessage: RawThreadWorker['onmessage'] = null;
  onerror: RawThreadWorker['onerror'] = null;
  #thread: import('node:worker_threads').Worker;

  constructor(url: URL, name: string) {
    const { Worker: NodeWorker } = nodeWorkerThreads();
    // Without this process's own arguments: those of `node -e` would end the worker at once.
    this.#thread = new NodeWorker(url, { workerData: name, name, execArgv: [] });
    this.#thread.on('message', (data) => this.onmessage?.({ data }));
    this.#thread.on('error', (error) => this.onerror?.({ message: String(error) }));
  }

  postMessage(message: unknown): void {
    this.#thread.postMessage(message);
  }

  terminate(): void {
    void this.#thread.terminate();
  }
}

// Not to be parsed as an address, so that nothing is ever asked for.
const kNoAddress = 'http://[';

// Some bundlers make a classic script of worker.js, and what is one does not run as the other.
// Module workers have this function, too, but it throws a TypeError whatever it is given; that of
// classic workers complains of the address. (Firefox's throws nothing where it is given nothing.)
function isModuleWorker(): boolean {
  if (!scope.importScripts) return true;
  try {
    scope.importScripts(kNoAddress);
    return false;
  } catch (error) {
    return error instanceof TypeError;
  }
}

function newWorker(name: string): RawThreadWorker {
  if (isNode) return new NodeThreadWorker(new URL(import.meta.url), name);
  const type = isModuleWorker() ? 'module' : 'classic';
  return new Worker(globalThis.location.href, { type, name });
}

/** Makes Node's globals look like those of the web worker that the glue expects to run in. */
export function actAsWebWorker(): void {
  if (!isNode) return;
  scope.self = globalThis;
  scope.location = { href: import.meta.url };
  // By it the glue knows that it runs in a worker, which may wait.
  scope.importScripts = () => {
    throw new WorkerError('expected a module; got a script');
  };
}

/** Starts the threads that the engine will use. They must be there before it works: a worker that
 * computes lets no others come up. */
export async function addThreads(module: RawModule, variant: Variant, count: number) {
  const { PThread } = module;
  if (!PThread) throw new WorkerError(`expected a build with threads; got '${variant}'`);
  const workers = Array.from({ length: count }, () => newWorker(`${kThreadName}:${variant}`));
  PThread.unusedWorkers.push(...workers);
  await Promise.all(workers.map((worker) => PThread.loadWasmModuleToWorker(worker)));
}

/** Of which variant this worker is a thread; undefined where it is none. */
export function threadVariant(): Variant | undefined {
  const name = isNode ? nodeWorkerThreads().workerData : scope.name;
  const prefix = `${kThreadName}:`;
  if (typeof name !== 'string' || !name.startsWith(prefix)) return undefined;
  return name.slice(prefix.length) as Variant;
}

/** Leaves this worker to the glue of its variant, which `load` imports. */
export async function runThread(load: () => Promise<unknown>): Promise<void> {
  if (isNode) {
    const { parentPort, workerData } = nodeWorkerThreads();
    actAsWebWorker();
    scope.name = workerData as string;
    scope.postMessage = (message) => parentPort?.postMessage(message);
    await load();
    // Messages wait until somebody listens.
    parentPort?.on('message', (data) => scope.onmessage?.({ data }));
    return;
  }
  // The glue comes after the first messages, which nobody would keep for it.
  const early: MessageEvent[] = [];
  const keep = (event: Event) => early.push(event as MessageEvent);
  globalThis.addEventListener('message', keep);
  await load();
  globalThis.removeEventListener('message', keep);
  for (const event of early) scope.onmessage?.(event);
}

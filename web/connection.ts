// A worker and the line to it, the same in browsers and in Node.
import * as Comlink from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { startWorker } from './browser_worker.js';
import { WorkerError } from './errors.js';
import { besideModule, isNode, nodeWorkerThreads } from './runtime.js';
import type { HostApi, WorkerApi } from './wire.js';

export interface Connection {
  remote: Comlink.Remote<WorkerApi>;
  /** What the work gives, or an error as soon as the worker dies. */
  orDeath<T>(work: Promise<T>): Promise<T>;
  isDead(): boolean;
  /** In Node, a worker that has nothing to do must not keep the process alive. */
  setBusy(busy: boolean): void;
  terminate(): void;
}

interface Thread {
  endpoint: Comlink.Endpoint;
  setBusy(busy: boolean): void;
  terminate(): void;
}

type Fail = (error: WorkerError) => void;

function spawnInBrowser(fail: Fail): Thread {
  const { worker, terminate } = startWorker();
  worker.addEventListener('error', (event) => {
    // No message comes with a script that could not be loaded.
    const what = event.message || 'worker.js, or a module that it imports, could not be loaded';
    fail(new WorkerError(`the worker died: ${what}`));
  });
  worker.addEventListener('messageerror', () => {
    fail(new WorkerError('the worker died: a message could not be read'));
  });
  return { endpoint: worker, setBusy: () => {}, terminate };
}

function spawnInNode(fail: Fail): Thread {
  const { Worker: NodeWorker } = nodeWorkerThreads();
  // Without this process's own arguments: those of `node -e` would end the worker at once.
  const options = { name: 'sotto', execArgv: [] };
  const worker = new NodeWorker(besideModule('./worker.js', import.meta.url), options);
  worker.on('error', (error) => fail(new WorkerError(`the worker died: ${String(error)}`)));
  worker.on('exit', (code) => fail(new WorkerError(`the worker died: exit code ${code}`)));
  return {
    endpoint: nodeEndpoint(worker),
    setBusy: (busy) => (busy ? worker.ref() : worker.unref()),
    terminate: () => void worker.terminate(),
  };
}

// A browser that kills a worker, to have its memory, tells nobody; but it frees the locks that the
// worker held. This one is ours when the worker is gone.
function watchLock(name: string, fail: Fail): () => void {
  const waiting = new AbortController();
  const { signal } = waiting;
  navigator.locks
    .request(name, { signal }, () => fail(new WorkerError('the worker died: it was ended')))
    .catch(() => {}); // It was given up by terminate().
  return () => waiting.abort();
}

let nextLock = 0;

// In Node, a port with a listener keeps the process alive too.
const unref = (port: MessagePort) => (port as { unref?: () => void }).unref?.();

/** Starts a worker; what it asks of the page is answered by `host`. */
export async function connect(host: HostApi): Promise<Connection> {
  let death: WorkerError | undefined;
  // Those who wait. A promise that never settles would keep what waited on it, for every call.
  const waiting = new Set<Fail>();
  const fail: Fail = (error) => {
    death ??= error;
    for (const reject of waiting) reject(error);
    waiting.clear();
  };
  const orDeath = <T>(work: Promise<T>) =>
    new Promise<T>((resolve, reject) => {
      if (death) reject(death);
      waiting.add(reject);
      work.then(resolve, reject).finally(() => waiting.delete(reject));
    });
  const thread = isNode ? spawnInNode(fail) : spawnInBrowser(fail);
  const remote = Comlink.wrap<WorkerApi>(thread.endpoint);
  const { port1, port2 } = new MessageChannel();
  Comlink.expose(host, port1);
  unref(port1);
  let unwatch = () => {};
  const terminate = () => {
    unwatch();
    thread.terminate();
    port1.close();
  };
  // Of this worker alone, among those of all pages of this origin.
  const lock = `sotto-worker-${performance.timeOrigin}-${Math.random()}-${nextLock++}`;
  try {
    const connecting = remote.connect(Comlink.transfer(port2, [port2]), lock);
    const isHeld = await orDeath(connecting);
    if (isHeld) unwatch = watchLock(lock, fail);
  } catch (error) {
    terminate();
    throw error;
  }
  return { remote, orDeath, isDead: () => death !== undefined, setBusy: thread.setBusy, terminate };
}

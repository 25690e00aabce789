// Starts worker.js in a browser.
import { WorkerError } from './errors.js';
import { besideModule } from './runtime.js';

export interface StartedWorker {
  worker: Worker;
  /** Ends it, and frees what its address takes. */
  terminate(): void;
}

// Where this module came by itself, and not in a bundle, from another origin: worker.js beside it.
// Bundlers write down addresses of their own, some of them of files.
function workerElsewhere(): URL | undefined {
  const url = besideModule('./worker.js', import.meta.url);
  const isElsewhere = /^https?:$/.test(url.protocol) && url.origin !== globalThis.origin;
  return isElsewhere ? url : undefined;
}

// Browsers start no worker by an address of another origin, but a worker of this page may import
// modules from there. Its address stays good until it ends, because its threads start by it.
function startElsewhere(url: URL): StartedWorker {
  const script = new Blob([`import ${JSON.stringify(url.href)};`], { type: 'text/javascript' });
  const address = URL.createObjectURL(script);
  const free = () => URL.revokeObjectURL(address);
  try {
    const worker = new Worker(address, { type: 'module', name: 'sotto' });
    const terminate = () => {
      worker.terminate();
      free();
    };
    return { worker, terminate };
  } catch (error) {
    free();
    throw error;
  }
}

/** Starts the worker; WorkerError where the browser refuses. */
export function startWorker(): StartedWorker {
  try {
    const elsewhere = workerElsewhere();
    if (elsewhere) return startElsewhere(elsewhere);
    // Bundlers find the file by this literal form.
    const worker = new Worker(new URL('./worker.js', import.meta.url), {
      type: 'module',
      name: 'sotto',
    });
    return { worker, terminate: () => worker.terminate() };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new WorkerError(`expected a worker; got: ${why}`, { cause });
  }
}

// The one place that knows whether this is a browser or Node. Node's own modules are reached by
// process.getBuiltinModule, so that no bundler sees an import of them.
import { UnsupportedBrowserError } from './errors.js';

type GetBuiltinModule = (id: string) => unknown;

interface NodeProcess {
  versions?: { node?: string };
  type?: string;
  getBuiltinModule?: GetBuiltinModule;
}

const process = (globalThis as { process?: NodeProcess }).process;

/** True in Node and its worker threads; false in browsers and in Electron's pages. */
export const isNode = typeof process?.versions?.node === 'string' && process.type !== 'renderer';

/** Node's version before the first point; undefined in browsers. */
export const nodeMajor = isNode ? Number.parseInt(process?.versions?.node ?? '', 10) : undefined;

function builtin<T>(id: string): T {
  const found = process?.getBuiltinModule?.(id);
  if (found === undefined) {
    throw new UnsupportedBrowserError(
      `expected Node 20.16 or later; got ${process?.versions?.node ?? 'no Node'}`,
    );
  }
  return found as T;
}

export const nodeFs = () => builtin<typeof import('node:fs')>('node:fs');
export const nodeOs = () => builtin<typeof import('node:os')>('node:os');
export const nodeUrl = () => builtin<typeof import('node:url')>('node:url');
export const nodeWorkerThreads = () =>
  builtin<typeof import('node:worker_threads')>('node:worker_threads');

/** `path` beside this module. The base is a variable on purpose: bundlers take the literal form
 * for a file that they must find while they build. */
export function besideModule(path: string, moduleUrl: string): URL {
  return new URL(path, moduleUrl);
}

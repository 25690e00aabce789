// What an address means: a URL everywhere, a path in Node.
import { OptionError, shown } from './errors.js';
import { isNode, nodeUrl } from './runtime.js';

// At least two letters, because a single one is a drive of Windows.
const kScheme = /^[a-z][a-z0-9+.-]+:/i;

/** Whether a string can be an address at all, and is not just a name. */
export function looksLikeAddress(text: string): boolean {
  return kScheme.test(text) || /[/\\]/.test(text) || /\.(sotto|bin|ggml)$/i.test(text);
}

/** Where a file is: a URL to fetch, or a path to open. */
export type Location = { kind: 'url'; url: string } | { kind: 'file'; path: string };

// Relative addresses are relative to the page, or to the worker that uses the package.
function baseUrl(): string | undefined {
  return globalThis.document?.baseURI ?? globalThis.location?.href;
}

/** Resolves an address; OptionError where it is none. */
export function locate(address: string | URL, what: string): Location {
  const text = String(address);
  if (isNode && !kScheme.test(text)) return { kind: 'file', path: text };
  let url: URL;
  try {
    url = new URL(text, baseUrl());
  } catch (cause) {
    throw new OptionError(`${what}: expected a URL; got ${shown(text)}`, { cause });
  }
  if (isNode && url.protocol === 'file:')
    return { kind: 'file', path: nodeUrl().fileURLToPath(url) };
  return { kind: 'url', url: url.href };
}

/** Address of a file in a folder, which is a URL or (in Node) a path. */
export function inFolder(folder: string | URL, file: string, what: string): Location {
  const text = String(folder);
  return locate(/[/\\]$/.test(text) ? text + file : `${text}/${file}`, what);
}

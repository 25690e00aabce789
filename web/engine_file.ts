// Reads the WebAssembly file of a build, which the package holds packed by gzip where the browsers that
// take it can unpack it. Worker side only.
import { NetworkError, UnsupportedBrowserError } from './errors.js';
import { isNode, nodeFs } from './runtime.js';

const said = (error: unknown) => (error instanceof Error ? error.message : String(error));

async function fetchBytes(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: 'same-origin' });
  } catch (cause) {
    const message = `${url.href}: expected the engine; got no answer: ${said(cause)}`;
    throw new NetworkError(message, url.href, undefined, { cause });
  }
  if (!response.ok) {
    await response.body?.cancel();
    const message = `${url.href}: expected the engine; got status ${response.status}`;
    throw new NetworkError(message, url.href, response.status);
  }
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    const message = `${url.href}: expected the whole engine; the connection broke: ${said(cause)}`;
    throw new NetworkError(message, url.href, response.status, { cause });
  }
}

// RFC 1952: the first two bytes of every gzip file.
const isPacked = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;

async function unpack(bytes: Uint8Array<ArrayBuffer>, url: URL): Promise<Uint8Array<ArrayBuffer>> {
  if (typeof DecompressionStream !== 'function') {
    throw new UnsupportedBrowserError(
      'expected a browser with DecompressionStream; got one without',
    );
  }
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  try {
    return new Uint8Array(await new Response(unpacked).arrayBuffer());
  } catch (cause) {
    const message = `${url.href}: expected the whole engine; got a damaged file: ${said(cause)}`;
    throw new NetworkError(message, url.href, undefined, { cause });
  }
}

/**
 * The engine's WebAssembly. Servers may send the packed file as it is, or name gzip as its encoding,
 * so that the browser has unpacked it already: both are right.
 *
 * @throws {@link NetworkError}, {@link UnsupportedBrowserError}.
 */
export async function readEngine(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  const isFile = isNode && url.protocol === 'file:';
  const bytes = isFile ? new Uint8Array(nodeFs().readFileSync(url)) : await fetchBytes(url);
  return isPacked(bytes) ? unpack(bytes, url) : bytes;
}

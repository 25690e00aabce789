// A static server for tests, on this machine only, with the faults that real ones have.
import { createReadStream, statSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import sirv from 'sirv';

/** With these a page is cross-origin isolated. */
export const kIsolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** The strictest policy that the package promises to work under; images are for the page's icon. */
export const kStrictPolicy = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; " +
    "connect-src 'self'; img-src 'self'",
};

// Sends the length of the whole file, half of its bytes, and hangs up.
function cutOff(file, response) {
  const { size } = statSync(file);
  response.writeHead(200, { 'content-length': size, 'content-type': 'application/octet-stream' });
  const stream = createReadStream(file, { end: Math.floor(size / 2) });
  stream.on('end', () => setTimeout(() => response.destroy(), 50));
  stream.pipe(response, { end: false });
}

// Sends the headers and one byte, and nothing more.
function stall(file, response) {
  response.writeHead(200, { 'content-length': statSync(file).size });
  response.write('s');
}

const faults = { '/cut/': cutOff, '/stall/': stall };

// Answers with what the server at `url` says.
function passOn(url, request, response) {
  const passed = http.get(new URL(request.url, url), { headers: request.headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(response);
  });
  passed.on('error', () => response.destroy());
}

/**
 * Serves folders, or what `handle` answers, under prefixes; the first that fits wins.
 * @param {import('./server.mjs').Mount[]} mounts
 * @param {{headers?: Record<string, string>, faulty?: string, fallback?: string}} [options] `faulty`: a
 *   folder whose files are also at /cut/ (half a file) and /stall/ (a file that never comes);
 *   `fallback`: another server, which is asked for all that is in no folder
 * @returns {Promise<{url: string, requests: string[], close: () => Promise<void>}>}
 */
export async function serve(mounts, { headers = {}, faulty, fallback } = {}) {
  const routes = mounts.map((mount) => ({
    ...mount,
    handle: mount.handle ?? sirv(mount.dir ?? '.', { dev: true }),
  }));
  const requests = [];
  const server = http.createServer((request, response) => {
    const asked = request.url ?? '/';
    requests.push(asked);
    const fault = faulty && Object.keys(faults).find((prefix) => asked.startsWith(prefix));
    if (fault) {
      faults[fault](path.join(faulty, path.basename(asked)), response);
      return;
    }
    const notFound = () => {
      response.statusCode = 404;
      response.end('Not found\n');
    };
    const route = routes.find(({ prefix }) => asked.startsWith(prefix));
    for (const [name, value] of Object.entries({ ...headers, ...route?.headers })) {
      response.setHeader(name, value);
    }
    if (!route) {
      if (fallback) passOn(fallback, request, response);
      else notFound();
      return;
    }
    request.url = asked.slice(route.prefix.length - 1);
    route.handle(request, response, notFound);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve(undefined)));
  };
  return { url: `http://127.0.0.1:${server.address().port}`, requests, close };
}

// A static server on this machine only, for the demo and the browser tests.
import http from 'node:http';
import { SetupError } from './log.mjs';
import { inCache, inRoot } from './paths.mjs';

/**
 * Address prefix -> folder, the most specific first.
 * @type {[string, string][]}
 */
export const kMounts = [
  ['/dist/', inRoot('dist')],
  ['/models/', inRoot('models')],
  ['/samples/', inCache('assets')],
  ['/bench/models/', inRoot('models')],
  ['/bench/samples/', inCache('assets')],
  ['/bench/', inRoot('build/demo/bench')],
  ['/live/models/', inRoot('models')],
  ['/live/', inRoot('build/demo/live')],
  ['/', inRoot('build/demo/file')],
];

// With these a page is cross-origin isolated, which shared memory asks for.
const kIsolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

// How many ports after a taken one are tried.
const kPortTries = 20;

function listen(server, port) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve(server.address().port);
    });
  });
}

/**
 * Serves the demos at /, /live/ and /bench/, dist/ at /dist/, models/ at /models/ and the assets at /samples/.
 * @param {{port: number, isolate?: boolean, mounts?: [string, string][]}} options port 0 takes any
 *   free one; a taken one makes it try the following ones
 * @returns {Promise<{port: number, close: () => Promise<void>}>}
 */
export async function startServer({ port, isolate = false, mounts = kMounts }) {
  const { default: sirv } = await import('sirv');
  // dev: files are looked up at each request, so that a new build is seen at once.
  const routes = mounts.map(([prefix, dir]) => ({ prefix, handle: sirv(dir, { dev: true }) }));
  const server = http.createServer((request, response) => {
    for (const [name, value] of Object.entries(isolate ? kIsolation : {})) {
      response.setHeader(name, value);
    }
    const notFound = () => {
      response.statusCode = 404;
      response.end('Not found\n');
    };
    const url = request.url ?? '/';
    const route = routes.find(({ prefix }) => url.startsWith(prefix));
    if (!route) return notFound();
    request.url = url.slice(route.prefix.length - 1);
    route.handle(request, response, notFound);
  });
  const close = () => new Promise((resolve) => server.close(resolve));
  for (let tried = port; tried < port + kPortTries; tried++) {
    try {
      return { port: await listen(server, tried), close };
    } catch (error) {
      if (error.code !== 'EADDRINUSE') throw error;
    }
  }
  throw new SetupError(
    `ports ${port} to ${port + kPortTries - 1} are taken`,
    'name another one: npm start -- --port 9000',
  );
}

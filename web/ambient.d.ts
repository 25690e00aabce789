// Modules that come without types of their own.

// The engine's start file for a build, which the package's build puts into worker.js.
declare module 'sotto-glue/*' {
  const createModule: import('./raw.js').CreateRawModule;
  export default createModule;
}

// Makes an endpoint of a worker thread, or of the port to its parent.
declare module 'comlink/dist/esm/node-adapter.mjs' {
  export default function nodeEndpoint(
    thread: import('node:worker_threads').Worker | import('node:worker_threads').MessagePort,
  ): import('comlink').Endpoint;
}

// Modules that come without types of their own.

// The engine's start files, which the build puts beside worker.js.
declare module '*/sotto-scalar.mjs' {
  const createModule: import('./raw.js').CreateRawModule;
  export default createModule;
}

declare module '*/sotto-relaxed.mjs' {
  const createModule: import('./raw.js').CreateRawModule;
  export default createModule;
}

declare module '*/sotto-relaxed-mt.mjs' {
  const createModule: import('./raw.js').CreateRawModule;
  export default createModule;
}

declare module '*/sotto-simd128-mt.mjs' {
  const createModule: import('./raw.js').CreateRawModule;
  export default createModule;
}

declare module '*/sotto-simd128.mjs' {
  const createModule: import('./raw.js').CreateRawModule;
  export default createModule;
}

// Makes an endpoint of a worker thread, or of the port to its parent.
declare module 'comlink/dist/esm/node-adapter.mjs' {
  export default function nodeEndpoint(
    thread: import('node:worker_threads').Worker | import('node:worker_threads').MessagePort,
  ): import('comlink').Endpoint;
}

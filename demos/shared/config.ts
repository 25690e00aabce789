// Vite's configuration for every demo.
import { fileURLToPath } from 'node:url';
import sirv from 'sirv';
import type { Plugin, UserConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// Another build of the package, as tests may name one.
const kDist = process.env.SOTTO_DIST ?? here('../../dist');
const kBuild = process.env.SOTTO_BUILD ?? here('../../build');

// What a page may do: nothing but its own files, WebAssembly, and sound from chosen files.
const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "media-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

// Only in what is built: the development server puts its own scripts and styles into the page.
const strictPolicy: Plugin = {
  name: 'strict-policy',
  apply: 'build',
  transformIndexHtml: () => [
    {
      tag: 'meta',
      attrs: { 'http-equiv': 'Content-Security-Policy', content: policy },
      injectTo: 'head-prepend',
    },
  ],
};

// The folders that `npm start` serves beside the page.
const besideThePage: Plugin = {
  name: 'beside-the-page',
  configureServer(server) {
    server.middlewares.use('/models', sirv(here('../../models'), { dev: true }));
    server.middlewares.use('/samples', sirv(here('../../.cache/assets'), { dev: true }));
  },
};

/** The configuration of the demo in demos/<name>, which is built into build/demo/<name>. */
export function demoConfig(name: string): UserConfig {
  return {
    // Relative addresses, so that the page works in any folder of any server.
    base: './',
    publicDir: here('public'),
    plugins: [strictPolicy, besideThePage],
    resolve: {
      alias: [
        { find: /^sotto$/, replacement: `${kDist}/index.js` },
        { find: /^sotto-dist\//, replacement: `${kDist}/` },
        { find: /^sotto-ops\//, replacement: `${kBuild}/wasm/` },
      ],
    },
    worker: { format: 'es' },
    server: { fs: { allow: [here('../..')] } },
    build: {
      outDir: `${kBuild}/demo/${name}`,
      emptyOutDir: true,
      target: 'es2022',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  };
}

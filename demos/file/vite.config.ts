import { fileURLToPath } from 'node:url';
import sirv from 'sirv';
import type { Plugin } from 'vite';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// What the page may do: nothing but its own files, WebAssembly, and sound from chosen files.
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

export default defineConfig({
  // Relative addresses, so that the page works in any folder of any server.
  base: './',
  plugins: [strictPolicy, besideThePage],
  resolve: { alias: { sotto: here('../../dist/index.js') } },
  worker: { format: 'es' },
  server: { fs: { allow: [here('../..')] } },
  build: {
    outDir: here('../../build/demo/file'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});

// Vite's configuration for every demo.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import sirv from 'sirv';
import type { Plugin, UserConfig } from 'vite';

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// Another build of the package, as tests may name one.
const kDist = process.env.SOTTO_DIST ?? file('../../dist');
const kBuild = process.env.SOTTO_BUILD ?? file('../../build');

// What a page may do: nothing but its own files, WebAssembly, and sound from chosen files.
const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "media-src 'self' blob:",
  "manifest-src 'self'",
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

// Where `npm start` serves the demos: this one is at the root, the others are below it.
const kRootPage = 'file';
const kPages = { live: 'Live captions', file: 'Recordings', bench: 'Benchmark' };

function linkTo(page: string, here: string): string {
  const name = kPages[page as keyof typeof kPages];
  if (page === here) return `<li><span aria-current="page">${name}</span></li>`;
  const up = here === kRootPage ? './' : '../';
  return `<li><a href="${up}${page === kRootPage ? '' : `${page}/`}">${name}</a></li>`;
}

// What stands in all pages: the brand, and the links between them.
const commonParts = (here: string): Plugin => ({
  name: 'common-parts',
  transformIndexHtml: {
    order: 'pre',
    handler: (html) => {
      const links = Object.keys(kPages).map((page) => linkTo(page, here));
      const nav = `<nav aria-label="Demos"><ul class="pages">${links.join('')}</ul></nav>`;
      const brand = readFileSync(file('brand.html'), 'utf8');
      return html.replace('<!-- brand -->', brand).replace('<!-- pages -->', nav);
    },
  },
});

// The folders that `npm start` serves beside the page.
const besideThePage: Plugin = {
  name: 'beside-the-page',
  configureServer(server) {
    server.middlewares.use('/models', sirv(file('../../models'), { dev: true }));
    server.middlewares.use('/samples', sirv(file('../../.cache/assets'), { dev: true }));
  },
};

/** The configuration of the demo in demos/<name>, which is built into build/demo/<name>. */
export function demoConfig(name: string): UserConfig {
  return {
    // Relative addresses, so that the page works in any folder of any server.
    base: './',
    publicDir: file('public'),
    plugins: [strictPolicy, commonParts(name), besideThePage],
    resolve: {
      alias: [
        { find: /^sotto$/, replacement: `${kDist}/index.js` },
        { find: /^sotto-builds\//, replacement: `${kBuild}/wasm/` },
      ],
    },
    server: { fs: { allow: [file('../..')] } },
    build: {
      outDir: `${kBuild}/demo/${name}`,
      emptyOutDir: true,
      target: 'es2022',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  };
}

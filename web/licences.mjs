// LICENSES.txt: the notices of all that dist/ contains and others wrote, as their licences ask.
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const kRoot = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const kDeps = path.join(kRoot, '.cache/deps');

// Emscripten's own libraries are part of every WebAssembly file that it links.
const kEmscripten = `Emscripten runtime (MIT or University of Illinois/NCSA), with musl (MIT), dlmalloc (CC0-1.0) and
LLVM's libc++ and compiler-rt (Apache-2.0 with LLVM exceptions)

Copyright (c) 2010-2014 Emscripten authors, see its AUTHORS file. The notices of these libraries are
published with their sources at https://github.com/emscripten-core/emscripten.
`;

// Names of the packages whose modules went into the bundles.
function packagesOf(moduleIds) {
  const marker = `${path.sep}node_modules${path.sep}`;
  const packages = new Set();
  for (const id of moduleIds.filter((one) => one.includes(marker))) {
    const [first, second] = id.slice(id.lastIndexOf(marker) + marker.length).split(path.sep);
    packages.add(first.startsWith('@') ? `${first}/${second}` : first);
  }
  return [...packages].sort();
}

async function packageNotice(name) {
  const dir = path.join(kRoot, 'node_modules', name);
  const { version, license } = JSON.parse(
    await fs.readFile(path.join(dir, 'package.json'), 'utf8'),
  );
  const file = (await fs.readdir(dir)).find((one) => /^licen[cs]e/i.test(one));
  if (!file) throw new Error(`${name}: expected a licence file; got none`);
  const text = await fs.readFile(path.join(dir, file), 'utf8');
  return `${name} ${version} (${license})\n\n${text.trim()}\n`;
}

async function kissfftNotice() {
  const [copying, licence] = await Promise.all(
    ['COPYING', 'LICENSES/BSD-3-Clause'].map((file) =>
      fs.readFile(path.join(kDeps, 'kissfft', file), 'utf8'),
    ),
  );
  return `KissFFT (BSD-3-Clause)\n\n${copying.trim()}\n\n${licence.trim()}\n`;
}

// The comment at the head of xxHash's only header is its licence.
async function xxhashNotice() {
  const header = await fs.readFile(path.join(kDeps, 'xxhash/include/xxhash.h'), 'utf8');
  const comment = /^\/\*(.*?)\*\//s.exec(header)?.[1];
  if (!comment?.includes('BSD 2-Clause')) {
    throw new Error('xxhash.h: expected its licence at the head; got none');
  }
  return `xxHash (BSD-2-Clause)\n\n${comment.replace(/^ \* ?/gm, '').trim()}\n`;
}

/** Writes `dist`/LICENSES.txt for bundles made of these modules and for the engine's builds. */
export async function writeLicences(moduleIds, dist) {
  const notices = await Promise.all([
    kissfftNotice(),
    xxhashNotice(),
    kEmscripten,
    ...packagesOf(moduleIds).map(packageNotice),
  ]);
  await fs.writeFile(path.join(dist, 'LICENSES.txt'), notices.join(`\n${'-'.repeat(80)}\n\n`));
}

// Imports a TypeScript module of the package by itself, for tests of what it does not export.
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'rolldown';
import { kRoot } from './assets.mjs';

/** @param {string} file relative to the project, such as 'web/bytes.ts' */
export async function importSource(file) {
  const dir = await fs.mkdtemp(path.join(os.tmpdir(), 'sotto-source-'));
  try {
    const out = path.join(dir, 'module.mjs');
    await build({
      input: path.join(kRoot, file),
      platform: 'neutral',
      output: { file: out, format: 'esm' },
    });
    return await import(pathToFileURL(out).href);
  } finally {
    await fs.rm(dir, { recursive: true, force: true });
  }
}

// What makes the built page one that can be installed and starts without a network: its manifest and
// icons, and the service worker, which is told of every file.
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const kHere = path.dirname(fileURLToPath(import.meta.url));
const kWorker = 'offline_worker.js';

// Vite puts a hash of the content into these names; other files keep theirs when they change.
const hasHash = (file: string) => file.startsWith('assets/');

async function pageFiles(dir: string) {
  const entries = await fs.readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)))
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => file !== kWorker)
    .sort();
  return Promise.all(
    files.map(async (url) => {
      if (hasHash(url)) return { url, revision: null };
      const content = await fs.readFile(path.join(dir, url));
      return { url, revision: createHash('sha256').update(content).digest('hex').slice(0, 16) };
    }),
  );
}

/** Adds them to the page that was built into `dir`. */
export async function makeOffline(dir: string): Promise<void> {
  await fs.cp(path.join(kHere, 'app'), dir, { recursive: true });
  const files = await pageFiles(dir);
  await build({
    input: path.join(kHere, 'offline_worker.ts'),
    platform: 'browser',
    transform: {
      define: {
        pageFiles: JSON.stringify(files),
        'process.env.NODE_ENV': JSON.stringify('production'),
      },
    },
    // One script and no module: not every browser starts service workers that are modules.
    output: { file: path.join(dir, kWorker), format: 'iife', minify: true },
  });
}

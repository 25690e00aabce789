// Builds every demo into build/demo/<name>/. They use the built package, as any page would.
import { existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const kDemos = path.dirname(fileURLToPath(import.meta.url));

for (const entry of await fs.readdir(kDemos, { withFileTypes: true })) {
  const root = path.join(kDemos, entry.name);
  const configFile = path.join(root, 'vite.config.ts');
  if (existsSync(configFile)) await build({ root, configFile, logLevel: 'warn' });
}

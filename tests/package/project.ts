// The package as npm publishes it, and fresh projects that install it.
import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { test as base, expect } from '@playwright/test';
import { kRoot } from '../lib/assets.mjs';

const kConsumers = fileURLToPath(new URL('consumers', import.meta.url));
// What npm fetched before is not fetched again.
const kNpmCache = path.join(kRoot, '.cache/npm');

const execute = promisify(execFile);

/** Runs a program to its end and returns what it printed; its whole output where it fails. */
export async function run(cmd: string, args: string[], cwd: string): Promise<string> {
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', FORCE_COLOR: '0' };
  try {
    const { stdout } = await execute(cmd, args, { cwd, env, maxBuffer: 1 << 26 });
    return stdout;
  } catch (error) {
    const { message, stdout = '' } = error as Error & { stdout?: string };
    throw new Error(`${message}\n${stdout}`);
  }
}

export interface PackedFile {
  /** Relative to the folder that was listed. */
  path: string;
  size: number;
}

export interface Packed {
  /** The tarball. */
  file: string;
  /** Its files, unpacked. */
  dir: string;
  files: PackedFile[];
}

export interface Projects {
  /** A fresh project of the consumer in consumers/<name>, with the package installed. */
  make(name: string): Promise<string>;
}

/** Every file below a folder. */
export async function listFiles(dir: string): Promise<PackedFile[]> {
  const entries = await fs.readdir(dir, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  const sizeOf = async (one: string) => (await fs.stat(one)).size;
  return Promise.all(
    paths.map(async (one) => ({ path: path.relative(dir, one), size: await sizeOf(one) })),
  );
}

async function makeTarball(dir: string): Promise<string> {
  // A release names the one that it made.
  if (process.env.SOTTO_TARBALL) return process.env.SOTTO_TARBALL;
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', dir];
  const [told] = JSON.parse(await run('npm', args, kRoot));
  return path.join(dir, told.filename);
}

async function pack(folder: string): Promise<Packed> {
  const file = await makeTarball(folder);
  await run('tar', ['-xzf', file, '-C', folder], folder);
  // Tarballs of npm hold everything in a folder of this name.
  const dir = path.join(folder, 'package');
  return { file, dir, files: await listFiles(dir) };
}

// Outside of the clone, in whose node_modules a project would find what it did not install.
const makeFolder = () => fs.mkdtemp(path.join(os.tmpdir(), 'sotto-package-'));

async function makeProject(name: string, { file }: Packed): Promise<string> {
  const dir = await makeFolder();
  await fs.cp(path.join(kConsumers, name), dir, { recursive: true });
  // No script of any package runs: neither this one nor what it is used with needs one.
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  await run('npm', [...args, '--cache', kNpmCache, file], dir);
  return dir;
}

export const test = base.extend<{ projects: Projects }, { packed: Packed }>({
  packed: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what is needed
    async ({}, use) => {
      const dir = await makeFolder();
      await use(await pack(dir));
      await fs.rm(dir, { recursive: true, force: true });
    },
    { scope: 'worker' },
  ],

  projects: async ({ packed }, use) => {
    const dirs: string[] = [];
    const make = async (name: string) => {
      const dir = await makeProject(name, packed);
      dirs.push(dir);
      return dir;
    };
    await use({ make });
    for (const dir of dirs) await fs.rm(dir, { recursive: true, force: true });
  },
});

export { expect };

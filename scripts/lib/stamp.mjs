// Idempotence: a step is skipped when the hash of its inputs equals the stamp of its last run.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { inCache } from './paths.mjs';

const stampFile = (name) => inCache('stamps', `${name.replaceAll('/', '_')}.json`);

async function readStamp(name) {
  try {
    return JSON.parse(await fs.readFile(stampFile(name), 'utf8'));
  } catch {
    return null;
  }
}

async function writeStamp(name, value) {
  await fs.mkdir(inCache('stamps'), { recursive: true });
  const temporary = `${stampFile(name)}.${process.pid}`;
  await fs.writeFile(temporary, `${JSON.stringify(value)}\n`);
  await fs.rename(temporary, stampFile(name));
}

/** SHA-256 of a file's content in hex, read as a stream. */
export async function hashFile(file) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}

/** SHA-256 in hex of any JSON-able value. */
export const hashValue = (value) =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex');

/**
 * Every file below a folder, sorted, as paths relative to it. Missing folder: none.
 * @param {string} dir
 * @param {(file: string) => boolean} keep
 */
export async function listFiles(dir, keep = (_file) => true) {
  const found = [];
  const entries = await fs.readdir(dir, { withFileTypes: true, recursive: true }).catch(() => []);
  for (const entry of entries) {
    const file = path.relative(dir, path.join(entry.parentPath ?? entry.path, entry.name));
    if (entry.isFile() && keep(file)) found.push(file);
  }
  return found.sort();
}

/** One hash over names and contents of files and of whole folders (missing ones count as absent). */
export async function hashInputs(inputs) {
  const lines = [];
  for (const input of inputs) {
    const stat = await fs.stat(input).catch(() => null);
    if (!stat) lines.push(`${input} absent`);
    else if (stat.isFile()) lines.push(`${input} ${await hashFile(input)}`);
    else {
      for (const file of await listFiles(input)) {
        lines.push(`${path.join(input, file)} ${await hashFile(path.join(input, file))}`);
      }
    }
  }
  return hashValue(lines);
}

async function sizeAndTime(file) {
  const stat = await fs.stat(file).catch(() => null);
  return stat && { size: stat.size, mtime: stat.mtimeMs };
}

/** True when the step ran with this very hash and its outputs are still as it left them. */
export async function isStamped(name, hash) {
  const stamp = await readStamp(name);
  if (!stamp || stamp.hash !== hash) return false;
  for (const [file, was] of Object.entries(stamp.outputs)) {
    const is = await sizeAndTime(file);
    if (!is || is.size !== was.size || is.mtime !== was.mtime) return false;
  }
  return true;
}

/** Records that a step ran, with the outputs whose loss or change makes it run again. */
export async function setStamp(name, hash, outputs = []) {
  const recorded = {};
  for (const file of outputs) recorded[file] = await sizeAndTime(file);
  await writeStamp(name, { hash, outputs: recorded });
}

/** Makes a step run again. */
export const clearStamp = (name) => fs.rm(stampFile(name), { force: true });

/**
 * True when the file's content has this SHA-256. A whole read only where size or time of change
 * differ from the last good check, so that an unchanged run costs a stat per file.
 */
export async function isVerified(file, sha256) {
  const name = `sha_${hashValue(file).slice(0, 16)}`;
  const stat = await fs.stat(file).catch(() => null);
  if (!stat?.isFile()) return false;
  if (await isStamped(name, sha256)) return true;
  if ((await hashFile(file)) !== sha256) return false;
  await setStamp(name, sha256, [file]);
  return true;
}

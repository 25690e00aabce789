// Where things live. Everything fetched or built lands in git-ignored folders of the clone.
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const kRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Absolute path of a file of the clone. */
export const inRoot = (...parts) => path.join(kRoot, ...parts);
/** Absolute path inside the folder of fetched things. */
export const inCache = (...parts) => path.join(kRoot, '.cache', ...parts);
/** A path as the user knows it, relative to the clone. */
export const shown = (file) => path.relative(kRoot, file) || '.';
/** Whether a module (its import.meta.url) is the script that node was started with. */
export const isMain = (url) => fileURLToPath(url) === path.resolve(process.argv[1] ?? '');

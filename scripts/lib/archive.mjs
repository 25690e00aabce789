// Taking archives apart with the tools every supported system has.

import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import fs from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { run, which } from './exec.mjs';
import { SetupError } from './log.mjs';

const isZip = (archive) => /\.(zip|whl)$/.test(archive);

// A zip is read by Python's standard library: it is always there (Emscripten needs Python),
// while unzip is not. The member is copied as a stream, so its size does not matter.
const kUnzipMember =
  'import sys, zipfile, shutil; ' +
  'shutil.copyfileobj(zipfile.ZipFile(sys.argv[1]).open(sys.argv[2]), sys.stdout.buffer)';

/** Appends one member of a zip, wheel or compressed tar file to `file`. */
export async function appendMember(archive, member, file) {
  const [cmd, args] = isZip(archive)
    ? ['python3', ['-c', kUnzipMember, archive, member]]
    : ['tar', ['-xOf', archive, member]];
  const child = spawn(cmd, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  await pipeline(child.stdout, createWriteStream(file, { flags: 'a' }));
  if ((await ended) !== 0)
    throw new SetupError(`${archive}: cannot read ${member}: ${said.trim()}`);
}

/** Unpacks a compressed tar file into a folder without its first `strip` path parts. */
export async function unpackTar(archive, dir, strip = 0) {
  await fs.mkdir(dir, { recursive: true });
  await run('tar', ['-xf', archive, '-C', dir, `--strip-components=${strip}`]);
}

/** Unpacks a Debian package's files into a folder; `exclude` are tar patterns to leave out. */
export async function unpackDeb(deb, dir, exclude = []) {
  if (!which('dpkg-deb')) throw new SetupError('dpkg-deb is missing', 'install the package dpkg');
  await fs.mkdir(dir, { recursive: true });
  const left_out = exclude.map((pattern) => `'--exclude=${pattern}'`).join(' ');
  const command = `set -o pipefail; dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" ${left_out}`;
  await run('bash', ['-c', command, 'unpack', deb, dir]);
}

// Pinned fetch. A source only ever brings bytes; whether they are the right ones is decided by
// their SHA-256, so it does not matter which of several sources answered.
import { createWriteStream } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ask, run, which } from './exec.mjs';
import { formatBytes, note, SetupError } from './log.mjs';
import { inCache } from './paths.mjs';
import { startProgress } from './progress.mjs';
import { hashFile } from './stamp.mjs';

// A source that has not answered by then is skipped: the next one is tried instead.
const kAnswerLimit_ms = 5000;
// A transfer in which nothing arrives for this long is given up.
const kStallLimit_ms = 30000;

// Hosts that did not answer once are not asked again in the same run.
const silentHosts = new Set();

/** A folder for one download, removed by the caller. */
export async function temporaryFolder() {
  await fs.mkdir(inCache('tmp'), { recursive: true });
  return fs.mkdtemp(inCache('tmp', 'get-'));
}

/**
 * Fetches one address into a file (not verified here).
 * @returns {Promise<boolean>} false where the source does not answer, after a line that says so
 */
export async function fetchUrl(area, url, file) {
  const { host } = new URL(url);
  if (silentHosts.has(host)) return false;
  const abort = new AbortController();
  let timer = setTimeout(() => abort.abort(new Error('no answer within 5 s')), kAnswerLimit_ms);
  let bar = { update(_bytes) {}, stop() {} };
  try {
    const response = await fetch(url, { signal: abort.signal, redirect: 'follow' });
    if (!response.ok || !response.body) {
      note(area, `skipped ${url}: HTTP ${response.status}; trying the next source`);
      return false;
    }
    const total_bytes = Number(response.headers.get('content-length') ?? 0);
    bar = await startProgress(path.basename(file), total_bytes);
    let received_bytes = 0;
    const counted = async function* (chunks) {
      for await (const chunk of chunks) {
        clearTimeout(timer);
        timer = setTimeout(() => abort.abort(new Error('stalled for 30 s')), kStallLimit_ms);
        received_bytes += chunk.length;
        bar.update(received_bytes);
        yield chunk;
      }
    };
    await pipeline(Readable.fromWeb(response.body), counted, createWriteStream(file));
    return true;
  } catch (error) {
    silentHosts.add(host);
    const why = abort.signal.aborted ? abort.signal.reason : (error.cause ?? error);
    note(area, `skipped ${host}: ${why.code ?? why.message}; trying the next source`);
    await fs.rm(file, { force: true });
    return false;
  } finally {
    clearTimeout(timer);
    bar.stop();
  }
}

/** The command that runs the pip of this machine's python3, or null. */
export function pipCommand() {
  const ofPython = ['python3', '-m', 'pip'];
  if (ask(ofPython[0], [...ofPython.slice(1), '--version'])) return ofPython;
  return which('pip3') ? ['pip3'] : null;
}

const kClients = {
  async pip(source, dir) {
    const pip = pipCommand();
    if (!pip)
      throw new SetupError('pip is missing', 'as root: apt-get install python3 python3-pip');
    const how = source.from_source ? ['--no-binary', ':all:'] : [];
    const args = ['download', '--no-deps', '--disable-pip-version-check', ...how, '-d', dir];
    const show = Boolean(process.stderr.isTTY);
    await run(pip[0], [...pip.slice(1), ...args, source.spec], { show });
  },
  async npm(source, dir) {
    await run('npm', ['pack', '--silent', '--pack-destination', dir, source.spec], { cwd: dir });
  },
};

/**
 * Brings a package through its registry's ordinary client and verifies it.
 * @param {{kind: 'pip' | 'npm', spec: string, sha256: string, from_source?: boolean}} source
 * @param {string} dir an empty folder to put it into
 * @returns {Promise<string>} the package file
 */
export async function fetchPackage(area, source, dir) {
  note(area, `taking package ${source.spec} by ${source.kind}`);
  await kClients[source.kind](source, dir);
  const files = await fs.readdir(dir);
  if (files.length !== 1) {
    throw new SetupError(`${source.spec}: expected one package file, got ${files.length}`);
  }
  const file = path.join(dir, files[0]);
  await expectHash(file, source.sha256, source.spec);
  return file;
}

/** Fails unless the file's content has this SHA-256. */
export async function expectHash(file, sha256, what) {
  const actual = await hashFile(file);
  if (actual === sha256) return;
  const { size } = await fs.stat(file);
  throw new SetupError(
    `${what}: expected SHA-256 ${sha256}, got ${actual} (${formatBytes(size)})`,
    'run the command again; if it happens again, the source has changed what it serves',
  );
}

/** Moves a verified file to its place in one step, so that no half file is ever seen there. */
export async function putInPlace(from, to) {
  await fs.mkdir(path.dirname(to), { recursive: true });
  await fs.rename(from, to);
}

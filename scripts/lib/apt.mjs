// Debian packages without root and without installing: apt-get with folders of its own fetches
// them from the machine's own Debian archive, which need not be of the machine's own release.
import fs from 'node:fs/promises';
import path from 'node:path';
import { ask, run, which } from './exec.mjs';
import { note, SetupError, step } from './log.mjs';
import { inCache } from './paths.mjs';
import { hashFile, isVerified } from './stamp.mjs';

const kSourcesHint = 'expected an entry of http(s)://.../debian with the component main';

// deb822 stanza or one-line entry -> {uri, options}; null for anything but main of that archive.
export function parseSource(text, archive = 'debian') {
  const isArchive = (uri) => uri.replace(/\/$/, '').endsWith(`/${archive}`);
  const field = (name) => text.match(new RegExp(`^${name}:\\s*(.+)$`, 'mi'))?.[1].trim();
  const uris = field('URIs');
  if (uris) {
    const uri = uris.split(/\s+/).find(isArchive);
    const signed_by = field('Signed-By');
    return uri && /\bmain\b/.test(field('Components') ?? '') ? { uri, signed_by } : null;
  }
  const line = text.match(/^deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+\S+\s+.*\bmain\b/m);
  if (!line || !isArchive(line[2])) return null;
  return { uri: line[2], signed_by: line[1]?.match(/signed-by=(\S+)/)?.[1] };
}

// Security updates have an archive of their own.
const archiveOf = (suite) => (suite.endsWith('-security') ? 'debian-security' : 'debian');

async function debianSource(archive = 'debian') {
  const dir = '/etc/apt/sources.list.d';
  const names = await fs.readdir(dir).catch(() => []);
  const files = names.filter((name) => /\.(sources|list)$/.test(name)).sort();
  for (const file of ['/etc/apt/sources.list', ...files.map((name) => path.join(dir, name))]) {
    const text = await fs.readFile(file, 'utf8').catch(() => '');
    const blocks = file.endsWith('.sources') ? text.split(/\n\s*\n/) : text.split('\n');
    for (const block of blocks) {
      const source = parseSource(block.replace(/^\s*#.*\n?/gm, ''), archive);
      if (source) return source;
    }
  }
  throw new SetupError(`no source of the archive ${archive} in /etc/apt`, kSourcesHint);
}

/** True where Debian packages of this machine's kind can be fetched at all. */
export async function canUseDebian() {
  if (!which('apt-get') || !which('dpkg-deb') || process.arch !== 'x64') return false;
  return (await debianSource().catch(() => null)) !== null;
}

// Releases whose index was read in this run, with apt's options for each.
/** @type {Map<string, Promise<string[]>>} */
const openSuites = new Map();

/** Makes apt's private folders for one release and reads its index; returns apt's options. */
function openSuite(suite) {
  const options = openSuites.get(suite) ?? readIndex(suite);
  openSuites.set(suite, options);
  return options;
}

async function readIndex(suite) {
  const dir = inCache('apt', suite);
  await fs.mkdir(path.join(dir, 'state/lists/partial'), { recursive: true });
  await fs.mkdir(path.join(dir, 'cache/archives/partial'), { recursive: true });
  const { uri, signed_by } = await debianSource(archiveOf(suite));
  const stanza = ['Types: deb deb-src', `URIs: ${uri}`, `Suites: ${suite}`, 'Components: main'];
  if (signed_by) stanza.push(`Signed-By: ${signed_by}`);
  await fs.writeFile(path.join(dir, 'list.sources'), `${stanza.join('\n')}\n`);
  const options = Object.entries({
    'Dir::Etc::sourcelist': path.join(dir, 'list.sources'),
    'Dir::Etc::sourceparts': '-',
    'Dir::State': path.join(dir, 'state'),
    'Dir::State::status': '/dev/null',
    'Dir::Cache': path.join(dir, 'cache'),
    // Everything stays in folders of the caller, so there is no other user to hand over to.
    'APT::Sandbox::User': '',
    'Acquire::Languages': 'none',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
    'Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled': 'false',
  }).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  step('apt', `reading Debian ${suite}'s package index (private folders, nothing is installed)`);
  await run('apt-get', [...options, 'update'], {
    what: `reading Debian ${suite}'s package index`,
    todo: 'check the network and the entries in /etc/apt',
  });
  return options;
}

const fileName = ({ name, version, arch }) => `${name}_${version.replace(':', '%3a')}_${arch}.deb`;

// The archive keeps only a release's latest version of a package: point releases and security
// fixes replace the pinned one. apt has checked the newer one against the signed index, which is
// as good a pin as the archive offers, so it is taken, with a line that says so.
async function fetchNewer(options, deb, dir) {
  const show = ask('apt-cache', [...options, 'show', '--no-all-versions', deb.name]);
  const version = show?.match(/^Version: (.+)$/m)?.[1];
  const sha256 = show?.match(/^SHA256: (.+)$/m)?.[1];
  if (!version || !sha256) throw new SetupError(`Debian package ${deb.name} not found`);
  note('apt', `${deb.name}: pinned ${deb.version} is gone, taking signed ${version}`);
  await run('apt-get', [...options, 'download', `${deb.name}=${version}`], { cwd: dir });
  const file = path.join(dir, fileName({ ...deb, version }));
  if ((await hashFile(file)) !== sha256) throw new SetupError(`${file}: damaged download`);
  const pin_file = path.join(dir, `${deb.name}.newer.json`);
  await fs.writeFile(pin_file, JSON.stringify({ for: deb.version, version, sha256 }));
  return file;
}

// What an earlier run took in place of a pinned version that is gone.
async function newerPin(deb, dir) {
  const text = await fs
    .readFile(path.join(dir, `${deb.name}.newer.json`), 'utf8')
    .catch(() => '{}');
  const pin = JSON.parse(text);
  return pin.for === deb.version ? { ...deb, ...pin } : null;
}

async function cached(deb, dir) {
  const newer = await newerPin(deb, dir);
  for (const pin of newer ? [deb, newer] : [deb]) {
    const file = path.join(dir, fileName(pin));
    if (await isVerified(file, pin.sha256)) return file;
  }
  return null;
}

/**
 * Fetches pinned Debian packages into the cache; those that are there and sound stay.
 * @param {{name: string, version: string, arch: string, sha256: string}[]} debs
 * @returns {Promise<Map<string, string>>} package name -> verified file
 */
export async function fetchDebs(suite, debs) {
  const dir = inCache('debs');
  await fs.mkdir(dir, { recursive: true });
  const files = new Map();
  /** @type {string[] | null} */
  let options = null;
  for (const deb of debs) {
    let file = await cached(deb, dir);
    if (!file) {
      options ??= await openSuite(suite);
      step('apt', `fetching ${deb.name} ${deb.version}`);
      file = path.join(dir, fileName(deb));
      await fs.rm(file, { force: true });
      const args = [...options, 'download', `${deb.name}=${deb.version}`];
      const show = Boolean(process.stderr.isTTY);
      const { code } = await run('apt-get', args, { cwd: dir, check: false, show });
      if (code !== 0 || !(await isVerified(file, deb.sha256))) {
        file = await fetchNewer(options, deb, dir);
      }
    }
    files.set(deb.name, file);
  }
  return files;
}

/**
 * Fetches a Debian source package's upstream archive into `dir`, without unpacking it. Any version
 * will do: the caller pins the archive's content.
 */
export async function fetchDebianSource(suite, name, dir) {
  const options = await openSuite(suite);
  step('apt', `fetching the source package ${name}`);
  const args = [...options, 'source', '--download-only', '--tar-only', name];
  await run('apt-get', args, { cwd: dir });
}

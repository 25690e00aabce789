// C++ libraries below .cache/deps/<name>/, in a layout that does not depend on where they came
// from: headers in include/, KissFFT's sources directly in its folder, libsndfile in include/
// and lib/.
import fs from 'node:fs/promises';
import path from 'node:path';
import { kHeaderDebs, kSndfileDebs, kSndfileSuite, kSuite } from './debs.mjs';
import { canUseDebian, fetchDebianSource, fetchDebs } from './lib/apt.mjs';
import { unpackDeb, unpackTar } from './lib/archive.mjs';
import { fetchUrl, temporaryFolder } from './lib/download.mjs';
import { ask } from './lib/exec.mjs';
import { note, SetupError, step } from './lib/log.mjs';
import { inCache, shown } from './lib/paths.mjs';
import { hashFile, hashValue, isStamped, listFiles, setStamp } from './lib/stamp.mjs';

const github = (repo, tag) => `https://github.com/${repo}/archive/refs/tags/${tag}.tar.gz`;

// `files`: what is kept, relative to `from` of the release archive and to the deb's
// /usr/include; `tree` is one hash over the names and contents of what is kept.
const kDeps = [
  {
    name: 'doctest',
    version: '2.4.11',
    url: github('doctest/doctest', 'v2.4.11'),
    from: '',
    deb: 'doctest-dev',
    keep: (file) => file === 'doctest/doctest.h',
    tree: '5023f4f456ac2cf993a6224e8e517b8e9c58c8306d8eb46afffbefcc981517f3',
  },
  {
    name: 'nlohmann-json',
    version: '3.11.3',
    url: github('nlohmann/json', 'v3.11.3'),
    from: 'include',
    deb: 'nlohmann-json3-dev',
    keep: (file) => file.startsWith('nlohmann/'),
    tree: 'b4a0320c1ca1e0c61192d3517e7c51f24eaea432aab389c4b9b081f4bda8ec67',
  },
  {
    name: 'cli11',
    version: '2.4.1',
    url: github('CLIUtils/CLI11', 'v2.4.1'),
    from: 'include',
    deb: 'libcli11-dev',
    keep: (file) => file.startsWith('CLI/'),
    tree: '44cad94fab7ce68df1d0a06703b6c75f2f6b12672a6f47a9b4c82967bb7078ba',
  },
  {
    name: 'simde',
    version: '0.8.2',
    url: github('simd-everywhere/simde', 'v0.8.2'),
    from: '',
    deb: 'libsimde-dev',
    // The WebAssembly intrinsics and what they include; Debian patches some of the others.
    keep: (file) => /^simde\/(wasm\/)?[^/]+\.h$/.test(file),
    tree: '0ba5ff3e2a204f8d215fb8187cded7e879b43fdc133bfec0b10711a807a019ef',
  },
  {
    name: 'xxhash',
    version: '0.8.3',
    url: github('Cyan4973/xxHash', 'v0.8.3'),
    from: '',
    deb: 'libxxhash-dev',
    keep: (file) => file === 'xxhash.h',
    tree: 'b6137eea5d72fbf2d0236ca53092c1a7c6122a4841a1f0b4b42b0c512b27e874',
  },
];

const kKissfft = {
  version: '131.1.0',
  url: github('mborgerding/kissfft', '131.1.0'),
  sha256: '76c1aac87ddb7258f34b08a13f0eebf9e53afa299857568346aa5c82bcafaf1a',
};

async function hashTree(dir, keep) {
  const lines = [];
  for (const file of await listFiles(dir, keep)) {
    lines.push(`${file} ${await hashFile(path.join(dir, file))}`);
  }
  return hashValue(lines);
}

// Copies what is kept; false where the content is not the pinned one.
async function takeTree(dep, from, to) {
  const actual = await hashTree(from, dep.keep);
  if (actual !== dep.tree) {
    note('deps', `${dep.name}: expected tree SHA-256 ${dep.tree}, got ${actual}`);
    return false;
  }
  await fs.rm(to, { recursive: true, force: true });
  for (const file of await listFiles(from, dep.keep)) {
    await fs.mkdir(path.dirname(path.join(to, file)), { recursive: true });
    await fs.copyFile(path.join(from, file), path.join(to, file));
  }
  return true;
}

async function fromRelease(dep, dir, to) {
  const archive = path.join(dir, `${dep.name}-${dep.version}.tar.gz`);
  if (!(await fetchUrl('deps', dep.url, archive))) return false;
  await unpackTar(archive, path.join(dir, 'release'), 1);
  return takeTree(dep, path.join(dir, 'release', dep.from), to);
}

async function fromDebian(dep, dir, to) {
  if (!(await canUseDebian())) return false;
  const pins = kHeaderDebs.filter((deb) => deb.name === dep.deb);
  const debs = await fetchDebs(kSuite, pins);
  await unpackDeb(debs.get(dep.deb), path.join(dir, 'deb'));
  return takeTree(dep, path.join(dir, 'deb/usr/include'), to);
}

async function setUpHeaders(dep) {
  const { name, version, url, tree } = dep;
  const to = inCache('deps', name, 'include');
  const hash = hashValue([name, version, url, tree]);
  if (await isStamped(`dep_${name}`, hash)) return;
  step('deps', `${name} ${version} into ${shown(to)}`);
  const dir = await temporaryFolder();
  try {
    if (!(await fromRelease(dep, dir, to)) && !(await fromDebian(dep, dir, to))) {
      throw new SetupError(`${name} ${version}: no source brought it`, `is ${url} reachable?`);
    }
    const files = (await listFiles(to)).map((file) => path.join(to, file));
    await setStamp(`dep_${name}`, hash, files);
  } finally {
    await fs.rm(dir, { recursive: true, force: true });
  }
}

async function fetchKissfft(dir) {
  const archive = path.join(dir, 'kissfft.tar.gz');
  if (await fetchUrl('deps', kKissfft.url, archive)) {
    if ((await hashFile(archive)) === kKissfft.sha256) return archive;
    note('deps', 'kissfft: the release archive is not the pinned one; trying Debian');
  }
  if (await canUseDebian()) {
    await fetchDebianSource(kSuite, 'kissfft', dir);
    for (const file of await fs.readdir(dir)) {
      const candidate = path.join(dir, file);
      if (file.includes('.orig.') && (await hashFile(candidate)) === kKissfft.sha256) {
        return candidate;
      }
    }
  }
  throw new SetupError('kissfft: no source brought it', `is ${kKissfft.url} reachable?`);
}

async function setUpKissfft() {
  const to = inCache('deps/kissfft');
  const hash = hashValue(kKissfft);
  if (await isStamped('dep_kissfft', hash)) return;
  step('deps', `kissfft ${kKissfft.version} into ${shown(to)}`);
  const dir = await temporaryFolder();
  try {
    const archive = await fetchKissfft(dir);
    await fs.rm(to, { recursive: true, force: true });
    await unpackTar(archive, to, 1);
    await setStamp(
      'dep_kissfft',
      hash,
      (await listFiles(to)).map((file) => path.join(to, file)),
    );
  } finally {
    await fs.rm(dir, { recursive: true, force: true });
  }
}

// Whether the system's own compiler finds libsndfile by itself.
function hasSystemSndfile() {
  const args = ['-x', 'c++', '-', '-o', '/dev/null', '-lsndfile'];
  const input = '#include <sndfile.h>\nint main() { return sf_version_string() == nullptr; }\n';
  return ask('g++', args, { input, stdio: ['pipe', 'pipe', 'ignore'] }) !== null;
}

async function setUpSndfile() {
  const to = inCache('deps/sndfile');
  const hash = hashValue([kSndfileSuite, kSndfileDebs]);
  if (await isStamped('dep_sndfile', hash)) return;
  if (hasSystemSndfile()) {
    step('deps', "libsndfile: the system's own");
    return setStamp('dep_sndfile', hash);
  }
  if (!(await canUseDebian())) {
    throw new SetupError('libsndfile is missing', 'as root: apt-get install libsndfile1-dev');
  }
  step('deps', `libsndfile into ${shown(to)}`);
  const dir = await temporaryFolder();
  try {
    for (const file of (await fetchDebs(kSndfileSuite, kSndfileDebs)).values()) {
      await unpackDeb(file, dir);
    }
    await fs.rm(to, { recursive: true, force: true });
    await fs.mkdir(to, { recursive: true });
    await fs.rename(path.join(dir, 'usr/include'), path.join(to, 'include'));
    await fs.rename(path.join(dir, 'usr/lib/x86_64-linux-gnu'), path.join(to, 'lib'));
    const outputs = [path.join(to, 'include/sndfile.h'), path.join(to, 'lib/libsndfile.so')];
    await setStamp('dep_sndfile', hash, outputs);
  } finally {
    await fs.rm(dir, { recursive: true, force: true });
  }
}

/** Brings every C++ library that is missing. */
export async function setUpDeps() {
  for (const dep of kDeps) await setUpHeaders(dep);
  await setUpKissfft();
  await setUpSndfile();
}

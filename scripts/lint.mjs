// npm run lint: Biome, TypeScript, clang-format, and the comments of public names; npm run format (--fix) rewrites what they can.
import { apiComplaints, setUpTypeDoc } from './docs.mjs';
import { ask, run } from './lib/exec.mjs';
import { runMain, SetupError, step } from './lib/log.mjs';
import { inCache, inRoot, isMain } from './lib/paths.mjs';
import { runChecks } from './lib/runners.mjs';
import { listFiles } from './lib/stamp.mjs';
import { setUpToolchain } from './toolchain.mjs';

const kTscProjects = ['tsconfig.json', 'scripts/tsconfig.json'];
const kCppFolders = ['src', 'emscripten', 'tests'];

async function cppFiles() {
  const files = [];
  for (const folder of kCppFolders) {
    const found = await listFiles(inRoot(folder), (file) => /\.(cc|h)$/.test(file));
    files.push(...found.map((file) => `${folder}/${file}`));
  }
  return files;
}

// Releases of clang-format differ in what they do, so that only this one will serve.
const kClangFormat = 19;

function clangFormat() {
  const candidates = [inCache('toolchain/bin/clang-format'), 'clang-format-19', 'clang-format'];
  for (const program of candidates) {
    const major = ask(program, ['--version'])?.match(/version (\d+)\./)?.[1];
    if (Number(major) === kClangFormat) return program;
  }
  throw new SetupError(
    `no clang-format ${kClangFormat} on PATH`,
    `install the package clang-format-${kClangFormat}, or: pip install clang-format==19.1.7`,
  );
}

async function complaints(cmd, args) {
  const { code, stdout, stderr } = await run(cmd, args, { check: false });
  return code === 0 ? [] : (stdout + stderr).trimEnd().split('\n');
}

const biome = (...args) => complaints(inRoot('node_modules/.bin/biome'), args);
const tsc = (project) => complaints(inRoot('node_modules/.bin/tsc'), ['--noEmit', '-p', project]);

/** The checks, by name; each returns its complaints. */
export function lintChecks() {
  const checks = { biome: () => biome('check', '--error-on-warnings', '--colors=off') };
  for (const project of kTscProjects) checks[`tsc ${project}`] = () => tsc(project);
  checks['clang-format'] = async () => {
    const found = await complaints(clangFormat(), ['--dry-run', '-Werror', ...(await cppFiles())]);
    // Each complaint comes with the line and a mark below it; the place says enough.
    return found.filter((line) => / error: /.test(line));
  };
  checks['API reference'] = () => apiComplaints();
  return checks;
}

/** Rewrites what Biome and clang-format can set right by themselves. */
async function format() {
  await complaints(clangFormat(), ['-i', ...(await cppFiles())]);
  await biome('check', '--write');
}

if (isMain(import.meta.url)) {
  await runMain(async () => {
    await setUpTypeDoc();
    await setUpToolchain();
    if (process.argv.includes('--fix')) await format();
    const { passed, failed, output } = await runChecks(lintChecks());
    process.stderr.write(output);
    step('lint', `${passed} passed, ${failed} failed`);
    if (failed > 0) throw new SetupError('lint', 'npm run format sets right what it can');
  });
}

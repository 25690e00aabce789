// npm run release -- [patch|minor|major] [--dry-run]: makes a version ready. The package is built
// and packed as it would be published, and tests/package checks that very tarball; then the version
// goes into package.json and its lockfile and what is unreleased gets its section in the changelog.
// --dry-run leaves the project as it is. Nothing is published, and nothing committed.
import fs from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { setUpAssets } from './assets.mjs';
import { buildAll } from './build.mjs';
import { setUpChromium } from './chromium.mjs';
import { unreleased, withVersion } from './lib/changelog.mjs';
import { run } from './lib/exec.mjs';
import { note, runMain, SetupError, step } from './lib/log.mjs';
import { inRoot, isMain, shown } from './lib/paths.mjs';
import { runPlaywright } from './lib/runners.mjs';
import { setUpModel } from './model.mjs';

const kLevels = ['patch', 'minor', 'major'];
const kVersioned = ['package.json', 'package-lock.json'];
const kFolder = inRoot('build/release');

function readArguments() {
  const usage = `usage: npm run release -- [${kLevels.join('|')}] [--dry-run]`;
  try {
    const { values, positionals } = parseArgs({
      options: { 'dry-run': { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    const [level = 'patch', ...rest] = positionals;
    if (rest.length > 0 || !kLevels.includes(level)) {
      throw new Error(`expected one of ${kLevels.join(', ')}; got '${positionals.join(' ')}'`);
    }
    return { level, isDry: values['dry-run'] };
  } catch (error) {
    throw new SetupError(error.message, usage);
  }
}

async function checkTree(isDry) {
  const { stdout } = await run('git', ['status', '--porcelain'], { what: 'git status' });
  if (stdout.trim() === '') return;
  const message = 'expected a tree without changes; got some that are not committed';
  if (!isDry) throw new SetupError(message, 'commit them, or put them away');
  note('release', message);
}

/** Puts what npm publishes into a folder, with the next version of that level; returns the version. */
export async function stage(level, dir) {
  await fs.rm(dir, { recursive: true, force: true });
  await fs.mkdir(dir, { recursive: true });
  const { files } = JSON.parse(await fs.readFile(inRoot('package.json'), 'utf8'));
  for (const name of [...kVersioned, 'README.md', 'LICENSE', ...files]) {
    await fs.cp(inRoot(name), path.join(dir, name), { recursive: true });
  }
  const args = ['version', level, '--no-git-tag-version', '--ignore-scripts'];
  await run('npm', args, { cwd: dir, what: 'npm version' });
  return JSON.parse(await fs.readFile(path.join(dir, 'package.json'), 'utf8')).version;
}

/** Packs a staged folder; returns the tarball. */
export async function pack(dir) {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', kFolder];
  const { stdout } = await run('npm', args, { cwd: dir, what: 'npm pack' });
  return path.join(kFolder, JSON.parse(stdout)[0].filename);
}

async function check(tarball) {
  step('release', `checking ${shown(tarball)}`);
  await setUpAssets();
  for (const model of ['tiny.en', 'base']) await setUpModel(model);
  const env = { SOTTO_TARBALL: tarball, SOTTO_CHROMIUM: await setUpChromium() };
  const result = await runPlaywright(inRoot('tests/package/playwright.config.ts'), { env });
  const { passed, failed, output } = result;
  step('release', `${passed} passed, ${failed} failed`);
  if (failed > 0) throw new SetupError(`the package is not ready:\n${output.trimEnd()}`);
}

async function release() {
  const { level, isDry } = readArguments();
  await checkTree(isDry);
  const changelog = await fs.readFile(inRoot('CHANGELOG.md'), 'utf8');
  const notes = unreleased(changelog);
  await buildAll();
  const dir = path.join(kFolder, 'stage');
  const version = await stage(level, dir);
  const tarball = await pack(dir);
  await check(tarball);
  process.stdout.write(`\n${version}\n\n${notes}\n\n`);
  if (isDry) {
    step('release', `dry run: ${shown(tarball)} is ready, and the project as it was`);
    return;
  }
  const today = new Date().toISOString().slice(0, 10);
  await fs.writeFile(inRoot('CHANGELOG.md'), withVersion(changelog, version, today));
  for (const name of kVersioned) await fs.copyFile(path.join(dir, name), inRoot(name));
  const commands = [
    `git commit -am 'Release ${version}'`,
    `git tag v${version}`,
    `npm publish ${shown(tarball)}`,
  ];
  process.stdout.write(`What is left, by hand:\n${commands.map((one) => `  ${one}\n`).join('')}`);
}

if (isMain(import.meta.url)) await runMain(release);

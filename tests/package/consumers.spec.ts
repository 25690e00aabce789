// Pages of those who use the package, each built by its own tools from a fresh project: they transcribe
// the sample and listen, without threads and with them, and under a strict policy where the tool allows.
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { watch } from '../browser/fixtures.js';
import { kJfk, kJfkText, kModels, kSamples } from '../lib/assets.mjs';
import { kIsolation, kStrictPolicy, type Mount, serve } from '../lib/server.mjs';
import { exampleOf } from './examples.js';
import { startNext } from './next_server.js';
import { expect, listFiles, type Packed, run, test } from './project.js';

const kShared = fileURLToPath(new URL('consumers/shared', import.meta.url));
const kIcons = fileURLToPath(new URL('../browser/pages', import.meta.url));
const kData: Mount[] = [
  { prefix: '/icons/', dir: kIcons },
  { prefix: '/models/', dir: kModels },
  { prefix: '/samples/', dir: kSamples },
];

/** Opens a page that does its work when it is loaded, and checks what it tells. */
async function check(page: Page, url: string, variant: string, hosts: string[] = []) {
  const complaints = watch(page, [new URL(url).origin, ...hosts]);
  await page.goto(url);
  const output = page.locator('output');
  await expect(output).not.toBeEmpty({ timeout: 60_000 });
  const told = JSON.parse((await output.textContent()) ?? '');
  expect(told).toMatchObject({ text: expect.stringMatching(kJfkText), variant });
  if (variant.endsWith('-mt')) expect(told.threads).toBeGreaterThan(1);
  expect(complaints).toEqual([]);
  page.removeAllListeners();
}

/** Makes the project, with what every page does in `folder`. */
async function prepare(
  make: (name: string) => Promise<string>,
  name: string,
  folder: string,
  more: Record<string, string> = {},
) {
  const dir = await make(name);
  await fs.cp(kShared, path.join(dir, folder), { recursive: true });
  for (const [file, code] of Object.entries(more)) {
    await fs.mkdir(path.dirname(path.join(dir, folder, file)), { recursive: true });
    await fs.writeFile(path.join(dir, folder, file), code);
  }
  await run('npm', ['run', 'build'], dir);
  return dir;
}

// A page loads the engine for its browser alone, but all must be there: bundlers rename the files, and
// leave their bytes as they are.
async function checkEngines(dir: string, { files }: Packed) {
  const sizes = new Set((await listFiles(dir)).map(({ size }) => size));
  const engines = files.filter(({ path }) => path.includes('.wasm'));
  expect(engines).toHaveLength(5);
  expect(engines.filter(({ size }) => !sizes.has(size))).toEqual([]);
}

for (const name of ['vite', 'webpack', 'esbuild']) {
  test(`${name} finds worker, worklet and engines`, async ({ page, packed, projects }) => {
    const dir = await prepare(projects.make, name, 'src');
    await checkEngines(path.join(dir, 'dist'), packed);
    const mounts = [...kData, { prefix: '/', dir: path.join(dir, 'dist') }];
    const strict = await serve(mounts, { headers: kStrictPolicy });
    const isolated = await serve(mounts, { headers: kIsolation });
    await check(page, `${strict.url}/`, 'relaxed');
    await check(page, `${isolated.url}/`, 'relaxed-mt');
    await strict.close();
    await isolated.close();
  });
}

// The example of the documentation: a file is chosen, and its text goes to the console.
async function checkExample(page: Page, url: string) {
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  await page.goto(url);
  await page.locator('input').setInputFiles(kJfk);
  await expect.poll(() => said.at(-1), { timeout: 60_000 }).toMatch(kJfkText);
  page.removeAllListeners();
}

test('Next.js finds them, from a client component', async ({ page, packed, projects }) => {
  const example = await exampleOf('docs/embedding.md js 1');
  const dir = await prepare(projects.make, 'next', 'app', { 'example/page.js': example });
  await checkEngines(path.join(dir, '.next/static'), packed);
  const next = await startNext(dir);
  const plain = await serve(kData, { fallback: next.url });
  const isolated = await serve(kData, { fallback: next.url, headers: kIsolation });
  await check(page, `${plain.url}/`, 'relaxed');
  await check(page, `${isolated.url}/`, 'relaxed-mt');
  await checkExample(page, `${plain.url}/example`);
  await plain.close();
  await isolated.close();
  await next.close();
});

test('a static page loads them from another origin', async ({ page, packed, projects }) => {
  const dir = await projects.make('static');
  await fs.cp(kShared, dir, { recursive: true });
  // As public hosts of npm packages do.
  const headers = { 'Access-Control-Allow-Origin': '*' };
  const cdn = await serve([{ prefix: '/sotto/', dir: packed.dir, headers }]);
  const html = path.join(dir, 'index.html');
  await fs.writeFile(html, (await fs.readFile(html, 'utf8')).replace('%CDN%', cdn.url));
  const mounts = [...kData, { prefix: '/', dir }];
  const plain = await serve(mounts);
  const isolated = await serve(mounts, { headers: kIsolation });
  await check(page, `${plain.url}/`, 'relaxed', [cdn.url]);
  await check(page, `${isolated.url}/`, 'relaxed-mt', [cdn.url]);
  for (const { requests } of [plain, isolated]) {
    expect(requests.filter((path) => /worker|worklet|wasm/.test(path))).toEqual([]);
  }
  for (const server of [plain, isolated, cdn]) await server.close();
});

for (const script of ['main.mjs', 'main.cjs']) {
  test(`Node runs ${script}`, async ({ projects }) => {
    const dir = await projects.make('node');
    const args = [script, path.join(kSamples, 'jfk.wav'), `${kModels}/`];
    expect((await run(process.execPath, args, dir)).trim()).toMatch(kJfkText);
  });
}

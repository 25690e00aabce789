// The types as a strict program sees them, and the examples of the documentation: each is compiled
// against the types, and the first of the README runs.
import fs from 'node:fs/promises';
import path from 'node:path';
import { kJfkText, kModels, kRoot, kSamples } from '../lib/assets.mjs';
import { serve } from '../lib/server.mjs';
import { expect, run, test } from './project.js';

/** The TypeScript examples of a page of the documentation. */
async function examplesOf(file: string): Promise<string[]> {
  const text = await fs.readFile(path.join(kRoot, file), 'utf8');
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1] ?? '');
}

async function pagesOfDocs(): Promise<string[]> {
  const names = await fs.readdir(path.join(kRoot, 'docs'));
  return [
    'README.md',
    ...names.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`),
  ];
}

test('a strict program compiles, and so does every example', async ({ projects }) => {
  const dir = await projects.make('typescript');
  let count = 0;
  for (const page of await pagesOfDocs()) {
    for (const [i, example] of (await examplesOf(page)).entries()) {
      const name = `${page.replace(/\W/g, '_')}_${i + 1}.ts`;
      // Each is a module, whether it imports anything or not.
      await fs.writeFile(path.join(dir, 'src', name), `${example}\nexport {};\n`);
      count++;
    }
  }
  expect(count).toBeGreaterThan(3);
  await run('npm', ['run', 'build'], dir);
});

test("the README's first example runs in a page", async ({ page, packed }) => {
  const [example] = await examplesOf('README.md');
  expect(example).toContain('createTranscriber');
  // It is given a file, as from an input of the page.
  const html = `<!doctype html><link rel="icon" href="/icons/icon.svg">
    <script type="importmap">{ "imports": { "sotto": "/sotto/dist/index.js" } }</script>
    <script type="module">
      window.file = await (await fetch('/samples/jfk.wav')).blob();
      await import('./example.js');
      document.title = 'done';
    </script>`;
  const dir = path.join(packed.dir, '../page');
  await fs.mkdir(dir, { recursive: true });
  await fs.writeFile(path.join(dir, 'index.html'), html);
  await fs.writeFile(path.join(dir, 'example.js'), example ?? '');
  const server = await serve([
    { prefix: '/sotto/models/', dir: kModels },
    { prefix: '/sotto/', dir: packed.dir },
    { prefix: '/samples/', dir: kSamples },
    { prefix: '/icons/', dir: path.join(kRoot, 'tests/browser/pages') },
    { prefix: '/', dir },
  ]);
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(String(error)));
  await page.goto(`${server.url}/`);
  await page.waitForFunction(() => document.title === 'done', null, { timeout: 60_000 });
  // Its progress, its segments, and at last the text, the times and the captions.
  expect(said[0]).toMatch(/^\w+$/);
  const [text, captions] = (said.at(-1) ?? '').split(/ (?:Object|\{.*?\}) /);
  expect(text).toMatch(kJfkText);
  expect(captions).toMatch(/^1\n00:00:0\d,\d{3} --> 00:00:\d\d,\d{3}\n/);
  await server.close();
});

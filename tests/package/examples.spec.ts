// The examples of the documentation run, from the tarball: in a page whose microphone plays the sample
// speech, in Node, and by the tools that they are for. One that nobody runs fails the last test.
import fs from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import type { Page } from '@playwright/test';
import type { LiveListener, LiveStream } from '../../web/index.js';
import { watch } from '../browser/fixtures.js';
import { microphoneLaunch } from '../browser/microphone.js';
import { kJfk, kJfkText, kModel, kModels, kRoot, kSamples, loadPackage } from '../lib/assets.mjs';
import { serve, type TestServer } from '../lib/server.mjs';
import { exampleOf, examples } from './examples.js';
import { test as base, expect, run } from './project.js';

// What an example takes as given (consumers/typescript/src/globals.d.ts), and the package that it
// imports, which tells this test what was made.
const kPage = `<!doctype html><html lang="en"><title>Example</title>
<link rel="icon" href="/icons/icon.svg">
<script type="importmap">{ "imports": { "sotto": "/watched.js" } }</script>
<script type="module">
  import { createTranscriber } from 'sotto';
  const bytes = await (await fetch('/samples/jfk.wav')).arrayBuffer();
  window.file = new File([bytes], 'jfk.wav');
  const decoded = await new OfflineAudioContext(1, 1, 48000).decodeAudioData(bytes.slice());
  window.samples = decoded.getChannelData(0);
  window.createTranscriber = createTranscriber;
  window.render = (...shown) => console.log(...shown);
  if (location.search === '?t') window.t = await createTranscriber({ model: 'tiny.en' });
  try {
    await import('/example.js');
    document.title = 'done';
  } catch (error) {
    console.error(String(error));
    document.title = 'failed';
  }
</script>`;

const kWatched = `
import * as sotto from '/sotto/index.js';
export * from '/sotto/index.js';
export async function createTranscriber(options) {
  const made = await sotto.createTranscriber(options);
  for (const name of ['listen', 'stream']) {
    const begin = made[name].bind(made);
    made[name] = (...given) => (window[name] = begin(...given));
  }
  return made;
}`;

declare global {
  interface Window {
    /** What the example began. */
    listen?: LiveListener;
    stream?: LiveStream;
  }
}

interface Shown {
  page: Page;
  /** What the console was told. */
  said: string[];
  /** Until the example is through. */
  done(): Promise<void>;
}

interface Stage {
  /** Opens a page that runs the example; `given`: a transcriber is there before. */
  show(name: string, change?: { given?: boolean; edit?(code: string): string }): Promise<Shown>;
  server: TestServer;
}

const answer =
  (type: string, body: () => string | Buffer) => (_: IncomingMessage, response: ServerResponse) => {
    response.writeHead(200, { 'content-type': type });
    response.end(body());
  };

const test = base.extend<{ stage: Stage }>({
  stage: async ({ page, packed }, use) => {
    let code = '';
    const model = await fs.readFile(kModel);
    const server = await serve([
      { prefix: '/example.js', handle: answer('text/javascript', () => code) },
      { prefix: '/watched.js', handle: answer('text/javascript', () => kWatched) },
      { prefix: '/page.html', handle: answer('text/html', () => kPage) },
      { prefix: '/code.html', handle: answer('text/html', () => code) },
      { prefix: '/mine.sotto', handle: answer('application/octet-stream', () => model) },
      { prefix: '/models/', dir: kModels },
      { prefix: '/assets/whisper/', dir: kModels },
      { prefix: '/samples/', dir: kSamples },
      { prefix: '/icons/', dir: path.join(kRoot, 'tests/browser/pages') },
      { prefix: '/sotto/', dir: path.join(packed.dir, 'dist') },
      { prefix: '/', dir: path.join(packed.dir, 'dist') },
    ]);
    const complaints = watch(page, [server.url]);
    const said: string[] = [];
    page.on('console', (message) => said.push(message.text()));
    const show: Stage['show'] = async (
      name,
      { given = false, edit = (text: string) => text } = {},
    ) => {
      const isPage = name.includes(' html ');
      code = edit(await exampleOf(name));
      if (isPage) code = `<!doctype html><link rel="icon" href="/icons/icon.svg">${code}`;
      await page.goto(`${server.url}/${isPage ? 'code' : 'page'}.html${given ? '?t' : ''}`);
      const done = async () => {
        await expect(page).toHaveTitle(/done|failed/, { timeout: 90_000 });
        expect(said.filter((line) => /Error/.test(line))).toEqual([]);
        await expect(page).toHaveTitle('done');
      };
      return { page, said, done };
    };
    await use({ show, server });
    expect(complaints).toEqual([]);
    await server.close();
  },
});

test.use({ launchOptions: microphoneLaunch(), permissions: ['microphone'] });

// Which of them ran; a worker has all tests, in the order of this file.
const ran = new Set<string>();

function runs(name: string, work: (name: string, stage: Stage) => Promise<void>): void {
  ran.add(name);
  test(name, ({ stage }) => work(name, stage));
}

const heard = (said: string[]) => expect.poll(() => said.join('\n'), { timeout: 60_000 });

runs('README.md ts 1', async (name, { show }) => {
  const { said, done } = await show(name);
  await done();
  // Its progress, its segments, and at last the text, the times and the captions.
  expect(said[0]).toMatch(/^\w+$/);
  const [text, captions] = (said.at(-1) ?? '').split(/ (?:Object|\{.*?\}) /);
  expect(text).toMatch(kJfkText);
  expect(captions).toMatch(/^1\n00:00:0\d,\d{3} --> 00:00:\d\d,\d{3}\n/);
});

runs('README.md ts 2', async (name, { show }) => {
  const { said, done } = await show(name);
  await done();
  expect(said.at(-1)).toMatch(/^en (0\.\d+|1) (\[|Array)/);
});

runs('README.md ts 3', async (name, { show }) => {
  const { page, said, done } = await show(name, { given: true });
  // What it renders is confirmed text, tentative text, and whether that is all of the phrase.
  await heard(said).toMatch(/^And so my.* false$/m);
  await page.evaluate(() => window.listen?.stop().then(() => {}));
  await done();
  const text = await page.evaluate(async () => (await window.stream?.stop())?.text);
  expect(text).toMatch(/^And so/);
});

runs('README.md ts 4', async (name, { show }) => {
  const { page, done } = await show(name);
  await done();
  const isOurs = await page.evaluate(async () => {
    // By a variable, since there is no such module where this is compiled.
    const name = 'sotto';
    const { SpeechRecognition: ours } = await import(name);
    const { SpeechRecognition, webkitSpeechRecognition } = window as unknown as Record<
      string,
      unknown
    >;
    return SpeechRecognition === ours && webkitSpeechRecognition === ours;
  });
  expect(isOurs).toBe(true);
});

runs('docs/live.md ts 1', async (name, { show }) => {
  const { page, said, done } = await show(name);
  await heard(said).toMatch(/^And so/m);
  await page.evaluate(() => window.listen?.stop().then(() => {}));
  await done();
  expect(said.at(-1)).toMatch(/^WEBVTT\n/);
  expect(said.at(-1)).toContain('And');
});

runs('docs/live.md ts 2', async (name, { show }) => {
  const { page, said, done } = await show(name);
  await done();
  await page.evaluate(async () => {
    await window.listen?.started;
    const tell = (detail: string) =>
      window.listen?.dispatchEvent(new CustomEvent('health', { detail }));
    tell('device-lost');
    window.listen?.pause();
    tell('suspended');
  });
  expect(said).toContain('plug it in again, and press Go on');
  await page.mouse.click(5, 5);
  await expect.poll(() => page.evaluate(() => window.listen?.state)).toBe('listening');
});

runs('docs/live.md ts 3', async (name, { show }) => {
  const { said, done } = await show(name);
  await done();
  await heard(said).toMatch(/\w/);
});

for (const name of ['docs/models.md ts 1', 'docs/embedding.md ts 1']) {
  runs(name, async (name, { show, server }) => {
    const { done } = await show(name);
    await done();
    expect(server.requests).toContain('/assets/whisper/tiny.en-q8.sotto');
  });
}

runs('docs/models.md ts 2', async (name, { show, server }) => {
  // Of the digest the page has the beginning.
  const { namedModels } = await loadPackage();
  const sha256 = namedModels.find(({ name }) => name === 'tiny.en')?.sha256 ?? '';
  const edit = (code: string) =>
    code.replace(/'([0-9a-f]{8})…'/, (_, start) => `'${start}${sha256.slice(8)}'`);
  const { done } = await show(name, { edit });
  await done();
  expect(server.requests).toContain('/mine.sotto');
});

runs('docs/models.md ts 3', async (name, { show }) => {
  const { page, said, done } = await show(name);
  await done();
  expect(said.join('\n')).toMatch(/^base http\S+\/base-q8\.sotto \d+ true$/m);
  const kept = await page.evaluate(async () => {
    const name = 'sotto';
    const { listModels } = await import(name);
    return (await listModels()).map((model: { name: string }) => model.name);
  });
  expect(kept).toEqual(['silero-vad']);
});

runs('docs/embedding.md html 1', async (name, { show, server }) => {
  await show(name);
  await expect.poll(() => server.requests).toContain('/sotto/index.js');
});

runs('docs/embedding.md html 2', async (name, { show }) => {
  const { page } = await show(name);
  // The page is loaded once more meanwhile.
  await expect.poll(() => page.evaluate(() => crossOriginIsolated).catch(() => false)).toBe(true);
});

// In a client component; consumers.spec.ts builds and opens it with the other page of Next.js.
ran.add('docs/embedding.md js 1');

ran.add('docs/embedding.md js 2');
base('docs/embedding.md js 2', async ({ projects }) => {
  const dir = await projects.make('node');
  await fs.writeFile(path.join(dir, 'example.mjs'), await exampleOf('docs/embedding.md js 2'));
  await fs.symlink(kModels, path.join(dir, 'models'));
  await fs.copyFile(kJfk, path.join(dir, 'talk.wav'));
  expect((await run(process.execPath, ['example.mjs'], dir)).trim()).toMatch(kJfkText);
});

base('docs/embedding.md sh 1', async ({ projects, packed }) => {
  const dir = await projects.make('esbuild');
  const shared = path.join(kRoot, 'tests/package/consumers/shared');
  await fs.cp(shared, path.join(dir, 'src'), { recursive: true });
  const commands = await exampleOf('docs/embedding.md sh 1');
  const script = `PATH="$PWD/node_modules/.bin:$PATH"\n${commands}`;
  await run('sh', ['-e', '-c', script], dir);
  const made = await fs.readdir(path.join(dir, 'dist'));
  const names = packed.files.map((file) => path.basename(file.path));
  const engines = names.filter((name) => name.includes('.wasm'));
  expect(engines).toHaveLength(5);
  for (const file of ['main.js', 'worker.js', 'worklet.js', ...engines]) {
    expect(made).toContain(file);
  }
});

base('every example of code is run', async () => {
  const code = (await examples()).filter(({ language }) => ['ts', 'js', 'html'].includes(language));
  expect(code.map(({ name }) => name).sort()).toEqual([...ran].sort());
});

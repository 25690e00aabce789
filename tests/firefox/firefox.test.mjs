// The package and its pages in Firefox: what every browser must do, and the same words in each.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launchFirefox } from '../../scripts/lib/browser.mjs';
import {
  jfkSamples,
  kDemo,
  kDist,
  kJfk,
  kJfkText,
  kLiveDemo,
  kModel,
  kModels,
  kSamples,
  loadPackage,
} from '../lib/assets.mjs';
import { kIsolation, kStrictPolicy, serve } from '../lib/server.mjs';

const kPages = fileURLToPath(new URL('../browser/pages', import.meta.url));
const { namedModels } = await loadPackage();
const { bytes, sha256 } = namedModels.find(({ name }) => name === 'tiny.en');
const kModelUrl = '/models/tiny.en-q8.sotto';
const kSpec = { url: kModelUrl, bytes, sha256 };

// An engine that compiles and a model that loads on a busy machine.
const kTime_ms = 60_000;

const mounts = [
  { prefix: '/models/', dir: kModels },
  { prefix: '/samples/', dir: kSamples },
  { prefix: '/strict/lib/sotto/', dir: kDist, headers: kStrictPolicy },
  { prefix: '/strict/', dir: kPages, headers: kStrictPolicy },
  { prefix: '/page/lib/sotto/', dir: kDist },
  { prefix: '/page/', dir: kPages },
  { prefix: '/live/models/', dir: kModels },
  { prefix: '/live/', dir: kLiveDemo },
  { prefix: '/', dir: kDemo },
];

const kFirefox = process.env.SOTTO_FIREFOX ?? 'firefox';

// A machine without a sound device, whatever this one has.
const kNoSound = { 'media.cubeb.force_mock_context': false, 'media.cubeb.backend': 'none' };

let browser;
let plain;
let isolated;

before(async () => {
  plain = await serve(mounts);
  isolated = await serve(mounts, { headers: kIsolation });
  browser = await launchFirefox(kFirefox);
});

after(async () => {
  await browser?.close();
  await plain?.close();
  await isolated?.close();
});

/** Runs `use` with a page; what the page complains of fails the test. */
async function withPage(url, use, inBrowser = browser) {
  const page = await inBrowser.newPage();
  page.setDefaultTimeout(kTime_ms);
  const complaints = [];
  page.on('console', (message) => {
    if (['error', 'warn'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  try {
    await page.goto(url);
    await use(page);
    assert.deepEqual(complaints, []);
  } finally {
    await page.close();
  }
}

/** The same with a page that holds the package. */
const withPackage = (url, use, inBrowser = browser) =>
  withPage(
    url,
    async (page) => {
      await page.waitForFunction(() => 'sotto' in window);
      await use(page);
    },
    inBrowser,
  );

const transcribeIn = (page, options) =>
  page.evaluate(
    async (model, options) => {
      const t = await window.sotto.createTranscriber({ model, ...options });
      const { text, segments } = await t.transcribe('/samples/jfk.wav');
      const { variant, threads } = t.info;
      t.close();
      return { text, variant, threads, tokens: segments.map((segment) => segment.tokens) };
    },
    kModelUrl,
    options,
  );

async function tokensInNode(variant) {
  const { createTranscriber } = await loadPackage();
  const t = await createTranscriber({ model: kModel, variant });
  try {
    const { segments } = await t.transcribe(jfkSamples());
    return segments.map((segment) => segment.tokens);
  } finally {
    t.close();
  }
}

test('simd128 writes what it writes in Node, to the token', async () => {
  await withPackage(`${plain.url}/page/`, async (page) => {
    const { text, tokens, variant } = await transcribeIn(page, { variant: 'simd128' });
    assert.equal(variant, 'simd128');
    assert.match(text, kJfkText);
    assert.deepEqual(tokens, await tokensInNode('simd128'));
  });
});

test('the best build that it has runs, without threads and with them', async () => {
  await withPackage(`${plain.url}/page/`, async (page) => {
    const { text, variant, threads } = await transcribeIn(page, {});
    assert.match(text, kJfkText);
    assert.match(variant, /^(simd128|relaxed)$/);
    assert.equal(threads, 1);
  });
  await withPackage(`${isolated.url}/page/`, async (page) => {
    const { text, variant, threads } = await transcribeIn(page, { threads: 2 });
    assert.match(text, kJfkText);
    assert.match(variant, /^(simd128|relaxed)-mt$/);
    assert.equal(threads, 2);
    console.log(`# ${await browser.version()} runs ${variant}`);
  });
});

test('a strict policy is enough', async () => {
  await withPackage(`${plain.url}/strict/`, async (page) => {
    const { text } = await transcribeIn(page, { variant: 'simd128' });
    assert.match(text, kJfkText);
  });
});

test('a model is kept, listed, read again without the network, and deleted', async () => {
  await withPackage(`${plain.url}/page/`, async (page) => {
    await page.evaluate((url) => window.sotto.deleteModel(url), kModelUrl);
    const before = plain.requests.length;
    await page.evaluate((model) => window.sotto.downloadModel(model), kSpec);
    assert.ok(plain.requests.slice(before).includes(kModelUrl));
    const [kept] = await page.evaluate(() => window.sotto.listModels());
    assert.deepEqual([kept.sizeBytes, kept.isComplete], [kSpec.bytes, true]);
  });
  await withPackage(`${plain.url}/page/`, async (page) => {
    const before = plain.requests.length;
    const text = await page.evaluate(async (model) => {
      const t = await window.sotto.createTranscriber({ model });
      const { text } = await t.transcribe('/samples/jfk.wav');
      t.close();
      await window.sotto.deleteModel(model.url);
      return text;
    }, kSpec);
    assert.match(text, kJfkText);
    assert.ok(!plain.requests.slice(before).includes(kModelUrl));
    assert.deepEqual(await page.evaluate(() => window.sotto.listModels()), []);
  });
});

test('a failure and an abort are what they are elsewhere', async () => {
  await withPackage(`${plain.url}/page/`, async (page) => {
    const names = await page.evaluate(async (model) => {
      const nameOf = (promise) => promise.then(String, (error) => error.name);
      const t = await window.sotto.createTranscriber({ model });
      const noAudio = await nameOf(t.transcribe(new Blob([new Uint8Array(5000)])));
      const abort = new AbortController();
      const onProgress = () => abort.abort();
      const stopped = await nameOf(
        t.transcribe('/samples/jfk.wav', { signal: abort.signal, onProgress }),
      );
      t.close();
      return [noAudio, stopped, await nameOf(t.transcribe(new Float32Array(16000)))];
    }, kModelUrl);
    assert.deepEqual(names, ['AudioError', 'AbortError', 'ClosedError']);
  });
});

test('captions of an element that plays, through the worklet', async () => {
  await withPackage(`${plain.url}/page/`, async (page) => {
    const heard = await page.evaluate(async (model) => {
      const t = await window.sotto.createTranscriber({ model });
      const audio = new Audio('/samples/jfk.wav');
      const captions = t.listen(audio);
      let tentative = 0;
      const reading = (async () => {
        for await (const update of captions) if (update.tentative !== '') tentative++;
      })();
      await captions.started;
      const ended = new Promise((resolve) => audio.addEventListener('ended', resolve));
      await audio.play();
      await ended;
      const { text, segments } = await captions.stop();
      await reading;
      t.close();
      return { text, tentative, words: segments.flatMap((segment) => segment.words).length };
    }, kModelUrl);
    assert.match(heard.text, /fellow Americans.* ask what you can do for your country/i);
    assert.ok(heard.tentative > 3, `${heard.tentative} updates`);
    assert.ok(heard.words > 15, `${heard.words} words`);
  });
});

test('the microphone of the live page starts and stops', async () => {
  await withPage(`${plain.url}/live/`, async (page) => {
    await page.locator('#start').click();
    await page.waitForFunction(() => document.querySelector('#doing')?.textContent === 'Listening');
    // The microphone gives a tone.
    await page.waitForFunction(() => document.querySelector('#level').value > 0.2);
    await page.locator('#start').click();
    await page.waitForFunction(
      () => document.querySelector('#start-label')?.textContent === 'Start',
    );
    assert.equal(await page.$eval('#problem', (element) => element.hidden), true);
  });
});

test('a machine without a sound device is told of, and files are text there, too', async () => {
  const silent = await launchFirefox(kFirefox, kNoSound);
  try {
    const use = async (page) => {
      const { seen, state, text } = await page.evaluate(async (model) => {
        const t = await window.sotto.createTranscriber({ model });
        const captions = t.listen();
        const seen = [];
        const told = new Promise((resolve) => {
          captions.addEventListener('health', ({ detail }) => {
            seen.push(detail);
            if (detail === 'no-output') resolve();
          });
        });
        await captions.started;
        await told;
        const before = [...seen];
        // Which ends, though the audio does not go on.
        captions.pause();
        await captions.resume();
        await captions.stop();
        const { text } = await t.transcribe('/samples/jfk.wav');
        t.close();
        return { seen: before, state: captions.state, text };
      }, kModelUrl);
      assert.deepEqual(seen, ['suspended', 'no-output']);
      assert.equal(state, 'stopped');
      assert.match(text, kJfkText);
    };
    await withPackage(`${plain.url}/page/`, use, silent);
  } finally {
    await silent.close();
  }
});

test('a file that is chosen becomes text', async () => {
  await withPage(`${plain.url}/`, async (page) => {
    const input = await page.$('#file');
    await input.uploadFile(kJfk);
    await page.waitForSelector('#figures:not([hidden])');
    const said = await page.$$eval('#segments .segment span', (spans) =>
      spans.map((span) => span.textContent).join(' '),
    );
    assert.match(said, kJfkText);
  });
});

// What goes wrong in pages: files that are missing or damaged, browsers that lack something. Each
// gives its named error, and the next call works.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { kDist, kJfkText, kModel } from '../lib/assets.mjs';
import { expect, openApi, test } from './fixtures.js';

const kModelUrl = '/models/tiny.en-q8.sotto';

interface Failure {
  name: string;
  code?: string;
  message: string;
  status?: number;
  isSotto: boolean;
}

// Tries to make a transcriber, and tells how that failed.
function failureOf(page: Page, options: object): Promise<Failure | null> {
  return page.evaluate(async (options) => {
    try {
      (await window.sotto.createTranscriber(options)).close();
      return null;
    } catch (thrown) {
      const { name, code, message, status } = thrown as Error & { code: string; status: number };
      return { name, code, message, status, isSotto: thrown instanceof window.sotto.SottoError };
    }
  }, options);
}

test.describe('models', () => {
  // Chromium itself reports failed requests in the console, so that this page is not watched.
  test('addresses that fail', async ({ page, servers }) => {
    await openApi(page, `${servers.plain}/page/`);
    const missing = await failureOf(page, { model: '/models/none.sotto' });
    expect(missing).toMatchObject({ name: 'NetworkError', code: 'Network', status: 404 });
    expect(missing?.message).toContain('/models/none.sotto: expected status 200; got 404');
    const cut = await failureOf(page, { model: '/cut/tiny.en-q8.sotto' });
    expect(cut).toMatchObject({ name: 'NetworkError', status: 200, isSotto: true });
    const refused = await failureOf(page, { model: 'http://127.0.0.1:1/x.sotto' });
    expect(refused).toMatchObject({ name: 'NetworkError', isSotto: true });
  });

  test('bytes that are damaged', async ({ api }) => {
    const results = await api.evaluate(async (url) => {
      const good = new Uint8Array(await (await fetch(url)).arrayBuffer());
      const flipped = (offset: number) => {
        const bytes = good.slice();
        bytes[offset] = (bytes[offset] ?? 0) ^ 1;
        return bytes;
      };
      const models = {
        empty: new ArrayBuffer(0),
        short: good.subarray(0, 1000),
        half: good.subarray(0, good.length / 2),
        halfBlob: new Blob([good.subarray(0, good.length / 2)]),
        magic: flipped(0),
        data: flipped(good.length - 1000),
        dataBlob: new Blob([flipped(good.length - 1000)]),
        html: new Blob(['<!doctype html><title>Not found</title>']),
      };
      const names: Record<string, string> = {};
      for (const [name, model] of Object.entries(models)) {
        names[name] = await window.sotto.createTranscriber({ model }).then(
          () => 'none',
          (error: Error & { code: string }) => `${error.name} ${error.code}`,
        );
      }
      return names;
    }, kModelUrl);
    expect(results).toEqual({
      empty: 'ModelFormatError Truncated',
      short: 'ModelFormatError Truncated',
      half: 'ModelFormatError Truncated',
      halfBlob: 'ModelFormatError Truncated',
      magic: 'ModelFormatError BadFormat',
      data: 'ModelChecksumError ChecksumMismatch',
      dataBlob: 'ModelChecksumError ChecksumMismatch',
      html: 'ModelFormatError BadFormat',
    });
  });

  test('a checksum or a size that is another', async ({ api }) => {
    const sha256 = '0'.repeat(64);
    const wrong = { name: 'ModelChecksumError', code: 'ChecksumMismatch', isSotto: true };
    expect(await failureOf(api, { model: { url: kModelUrl, sha256 } })).toMatchObject(wrong);
    expect(await failureOf(api, { model: { url: kModelUrl, bytes: 1000 } })).toMatchObject(wrong);
    const bytes = readFileSync(kModel).length;
    expect(await failureOf(api, { model: { url: kModelUrl, bytes } })).toBeNull();
  });

  test('options that are none', async ({ api }) => {
    const refused = { name: 'OptionError', code: 'Option', isSotto: true };
    const cases: [object, string][] = [
      [{ variant: 'mmx' }, "got 'mmx'"],
      [{ threads: 2, variant: 'relaxed' }, "expected 1 or 'auto'; got 2"],
      [{ threads: 33 }, "expected 'auto' or a whole number from 1 to 32; got 33"],
      [{ modle: 'x' }, "unknown option 'modle'"],
      [{ model: 'huge' }, "got 'huge'"],
    ];
    for (const [options, message] of cases) {
      const failure = await failureOf(api, options);
      expect(failure).toMatchObject(refused);
      expect(failure?.message).toContain(message);
    }
  });
});

test('audio that is damaged, missing, empty or not finite', async ({ page, servers }) => {
  await openApi(page, `${servers.plain}/page/`);
  const { names, texts, last } = await page.evaluate(async (model) => {
    const transcriber = await window.sotto.createTranscriber({ model });
    const bad = {
      garbage: new Blob([new Uint8Array(5000).fill(7)]),
      empty: new Blob([]),
      missing: '/samples/none.wav',
      options: '/samples/jfk.wav',
    };
    const names: Record<string, string> = {};
    for (const [name, audio] of Object.entries(bad)) {
      const options = name === 'options' ? ({ timestamps: 'words' } as never) : {};
      names[name] = await transcriber.transcribe(audio, options).then(
        () => 'none',
        (error: Error) => error.name,
      );
    }
    const wav = await (await fetch('/samples/jfk.wav')).arrayBuffer();
    const decoded = await new OfflineAudioContext(1, 1, 16000).decodeAudioData(wav);
    const broken = decoded.getChannelData(0).slice();
    broken.fill(Number.NaN, 100, 120);
    broken.fill(Number.POSITIVE_INFINITY, 500, 520);
    const texts = {
      nothing: (await transcriber.transcribe(new Float32Array(0))).text,
      notFinite: (await transcriber.transcribe(broken)).text,
    };
    const last = (await transcriber.transcribe('/samples/jfk.wav')).text;
    transcriber.close();
    return { names, texts, last };
  }, kModelUrl);
  expect(names).toEqual({
    garbage: 'AudioError',
    empty: 'AudioError',
    missing: 'NetworkError',
    options: 'OptionError',
  });
  expect(texts.nothing).toBe('');
  expect(texts.notFinite).toMatch(kJfkText);
  expect(last).toMatch(kJfkText);
});

test.describe('browsers that lack something', () => {
  test('no WebAssembly', async ({ page, servers }) => {
    await page.addInitScript(() => Reflect.deleteProperty(window, 'WebAssembly'));
    await openApi(page, `${servers.plain}/page/`);
    const failure = await failureOf(page, { model: kModelUrl });
    expect(failure).toMatchObject({ name: 'UnsupportedBrowserError', isSotto: true });
    expect(failure?.message).toContain('WebAssembly');
  });

  test('no SIMD: the scalar build is chosen, and simd128 refused', async ({ page, servers }) => {
    await page.addInitScript(() => {
      WebAssembly.validate = () => false;
    });
    await openApi(page, `${servers.plain}/page/`);
    expect(await page.evaluate(() => window.sotto.pickVariant('auto'))).toBe('scalar');
    const failure = await failureOf(page, { model: kModelUrl, variant: 'simd128' });
    expect(failure).toMatchObject({ name: 'UnsupportedBrowserError', isSotto: true });
    expect(failure?.message).toContain("'simd128' lacks WebAssembly SIMD");
  });

  test('threads on a page that is not isolated', async ({ api }) => {
    const wishes = [{ variant: 'relaxed-mt' }, { variant: 'simd128-mt' }, { threads: 2 }] as const;
    for (const wish of wishes) {
      const failure = await failureOf(api, { model: kModelUrl, ...wish });
      expect(failure).toMatchObject({ name: 'UnsupportedBrowserError', isSotto: true });
      expect(failure?.message).toContain('lacks cross-origin isolation (COOP and COEP headers)');
    }
  });

  test('a policy that forbids WebAssembly', async ({ page, servers }) => {
    // The worker obeys the policy that comes with its own script.
    await page.route('**/worker.js', async (route) => {
      const response = await route.fetch();
      const headers = { ...response.headers(), 'content-security-policy': "script-src 'self'" };
      await route.fulfill({ response, headers });
    });
    await openApi(page, `${servers.plain}/page/`);
    const failure = await failureOf(page, { model: kModelUrl });
    expect(failure).toMatchObject({ name: 'UnsupportedBrowserError', isSotto: true });
    expect(failure?.message).toContain("'wasm-unsafe-eval'");
  });
});

test.describe('a package that is not served whole', () => {
  const missing = { 'worker.js': 'WorkerError', 'sotto-relaxed.wasm.gz': 'NetworkError' };
  for (const [file, name] of Object.entries(missing)) {
    test(`without ${file}`, async ({ page, servers }) => {
      await page.route(`**/${file}`, (route) => route.fulfill({ status: 404 }));
      await openApi(page, `${servers.plain}/page/`);
      const failure = await failureOf(page, { model: kModelUrl });
      expect(failure).toMatchObject({ name, isSotto: true });
    });
  }

  // Some servers say that a packed file is gzip-encoded, so that the browser unpacks it; others do not.
  for (const encoding of ['gzip', undefined]) {
    test(`with a server that names the encoding ${encoding}`, async ({ page, servers }) => {
      const body = readFileSync(path.join(kDist, 'sotto-relaxed.wasm.gz'));
      const headers = encoding ? { 'content-encoding': encoding } : {};
      await page.route('**/*.wasm.gz', (route) =>
        route.fulfill({ body, headers, contentType: 'application/octet-stream' }),
      );
      await openApi(page, `${servers.plain}/page/`);
      expect(await failureOf(page, { model: kModelUrl })).toBeNull();
    });
  }

  test('with half of the engine', async ({ page, servers }) => {
    const body = readFileSync(path.join(kDist, 'sotto-relaxed.wasm.gz'));
    await page.route('**/*.wasm.gz', (route) =>
      route.fulfill({ body: body.subarray(0, body.length / 2) }),
    );
    await openApi(page, `${servers.plain}/page/`);
    const failure = await failureOf(page, { model: kModelUrl });
    expect(failure).toMatchObject({ name: 'NetworkError', isSotto: true });
  });
});

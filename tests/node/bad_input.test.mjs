// Models and audio that are damaged, missing or lying: each gives a named error or an empty
// result, and the next call works.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { jfkSamples, kJfk, kJfkText, kModel, kModels, kRoot, loadPackage } from '../lib/assets.mjs';
import { serve } from '../lib/server.mjs';
import { makeWav } from '../lib/wav.mjs';

const { createTranscriber, SottoError } = await loadPackage();
const samples = jfkSamples();

describe('models', () => {
  let bytes;
  let server;

  before(async () => {
    bytes = await readFile(kModel);
    server = await serve([{ prefix: '/models/', dir: kModels }], { faulty: kModels });
  });
  after(() => server.close());

  // Rejects with one of the names; a transcriber that was made all the same must work.
  async function refuses(model, names) {
    await assert.rejects(createTranscriber({ model }), (error) => {
      assert.ok(error instanceof SottoError, String(error));
      assert.ok(names.includes(error.name), `${error.name}: ${error.message}`);
      assert.ok(error.message.length > 10);
      return true;
    });
  }

  const kBroken = ['ModelFormatError', 'ModelChecksumError'];

  test('no bytes at all', () => refuses(new ArrayBuffer(0), ['ModelFormatError']));

  test('a buffer that the transcriber before was made of', async () => {
    const model = new Uint8Array(await readFile(kModel)).buffer;
    (await createTranscriber({ model, transfer: true })).close();
    const refused = { name: 'OptionError', message: /model: .*; got one that was handed over/ };
    await assert.rejects(createTranscriber({ model }), refused);
    await assert.rejects(createTranscriber({ model: new Uint8Array(5).fill(1) }), {
      name: 'ModelFormatError',
    });
  });

  test('bytes of something else', async () => {
    await refuses(new Uint8Array(1000), ['ModelFormatError']);
    await refuses(await readFile(kJfk), ['ModelFormatError']);
    await refuses(new TextEncoder().encode('<!doctype html>'.repeat(50)), ['ModelFormatError']);
  });

  test('a file that ends early, wherever it does', async () => {
    const lengths = [1, 4, 8, 16, 64, 1000, 4096, 100000, bytes.length / 2, bytes.length - 1];
    for (const length of lengths) await refuses(bytes.subarray(0, length), ['ModelFormatError']);
  });

  test('a wrong magic', async () => {
    const model = new Uint8Array(bytes);
    model[0] ^= 0x20;
    await refuses(model, ['ModelFormatError']);
  });

  test('a bit that was flipped in the data of a tensor', async () => {
    for (const offset of [0.3, 0.6, 0.999]) {
      const model = new Uint8Array(bytes);
      model[Math.floor(bytes.length * offset)] ^= 1;
      await refuses(model, ['ModelChecksumError']);
    }
  });

  test('bits that were flipped in the header: an error, or an engine that works', async () => {
    // The first fields, each of which the reader must hold against the others.
    for (let offset = 0; offset < 96; offset += 4) {
      const model = new Uint8Array(bytes);
      model[offset] ^= 0x40;
      try {
        const transcriber = await createTranscriber({ model });
        await transcriber.transcribe(samples.subarray(0, 16000));
        transcriber.close();
      } catch (error) {
        assert.ok(error instanceof SottoError, `offset ${offset}: ${error}`);
        assert.ok([...kBroken, 'UnsupportedModelError'].includes(error.name), String(error));
      }
    }
  });

  test('a URL that is not there', async () => {
    const url = `${server.url}/models/none.sotto`;
    await assert.rejects(createTranscriber({ model: url }), {
      name: 'NetworkError',
      code: 'Network',
      status: 404,
      url,
      message: /expected status 200; got 404/,
    });
  });

  test('a server that does not answer', async () => {
    const closed = await serve([]);
    await closed.close();
    await assert.rejects(createTranscriber({ model: `${closed.url}/x.sotto` }), {
      name: 'NetworkError',
      status: undefined,
    });
  });

  test('a connection that breaks on the way', async () => {
    await assert.rejects(createTranscriber({ model: `${server.url}/cut/tiny.en-q8.sotto` }), {
      name: 'NetworkError',
      status: 200,
      message: /expected \d+ bytes; the connection broke after \d+/,
    });
  });

  test('a download that stalls can be aborted', async () => {
    const controller = new AbortController();
    const model = `${server.url}/stall/tiny.en-q8.sotto`;
    const creation = createTranscriber({ model, signal: controller.signal });
    setTimeout(() => controller.abort(), 100);
    await assert.rejects(creation, { name: 'AbortError' });
  });

  test('a checksum or a size that is another', async () => {
    const url = `${server.url}/models/tiny.en-q8.sotto`;
    const wrong = { name: 'ModelChecksumError', code: 'ChecksumMismatch' };
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const other = sha256.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
    for (const where of [url, kModel]) {
      await assert.rejects(createTranscriber({ model: { url: where, sha256: other } }), wrong);
      await assert.rejects(createTranscriber({ model: { url: where, bytes: 5 } }), wrong);
      const spec = { url: where, sha256: sha256.toUpperCase(), bytes: bytes.length };
      (await createTranscriber({ model: spec })).close();
    }
  });

  test('paths that are no files', async () => {
    const missing = { name: 'FileError', code: 'File', path: '/none/x.sotto' };
    await assert.rejects(createTranscriber({ model: '/none/x.sotto' }), missing);
    await assert.rejects(createTranscriber({ model: `${kRoot}/` }), {
      name: 'FileError',
      message: /expected a file; got a folder/,
    });
    await assert.rejects(createTranscriber({ modelBaseUrl: '/none' }), { name: 'FileError' });
  });
});

describe('audio', () => {
  let transcriber;

  before(async () => {
    transcriber = await createTranscriber({ model: kModel });
  });
  after(() => transcriber.close());

  const works = async () => assert.match((await transcriber.transcribe(samples)).text, kJfkText);

  const bad = {
    'an empty file': new Blob([]),
    'bytes of something else': new Blob([new Uint8Array(5000).fill(7)]),
    'a WAV that ends in its header': new Blob([makeWav(samples).subarray(0, 30)]),
    'a WAV of a compressed kind': new Blob([makeWav(samples, { format: 0x55 })]),
    'a path that is not there': '/none/x.wav',
    'a folder': kRoot,
  };
  for (const [name, audio] of Object.entries(bad)) {
    test(name, async () => {
      await assert.rejects(transcriber.transcribe(audio), (error) => {
        assert.ok(['AudioError', 'FileError'].includes(error.name), String(error));
        return true;
      });
      await works();
    });
  }

  test('a URL that is not there', async () => {
    const server = await serve([]);
    await assert.rejects(transcriber.transcribe(`${server.url}/x.wav`), {
      name: 'NetworkError',
      status: 404,
    });
    await server.close();
    await works();
  });

  test('flipped bits in each field of a WAV: a named error or a result', async () => {
    const wav = makeWav(samples.subarray(0, 8000));
    for (let offset = 0; offset < 44; offset += 2) {
      const broken = Buffer.from(wav);
      broken[offset] ^= 0x81;
      try {
        const { text } = await transcriber.transcribe(new Blob([broken]));
        assert.equal(typeof text, 'string');
      } catch (error) {
        assert.equal(error.name, 'AudioError', `offset ${offset}: ${error}`);
      }
    }
    await works();
  });

  test('no samples give no text', async () => {
    const empty = [
      new Float32Array(0),
      { samples: [new Float32Array(0), new Float32Array(0)], sampleRate: 44100 },
      new Blob([makeWav([])]),
    ];
    for (const audio of empty) {
      const result = await transcriber.transcribe(audio);
      assert.equal(result.text, '');
      assert.deepEqual(result.segments, []);
      assert.equal(result.timings.audio_ms, 0);
      assert.equal(result.toVTT(), 'WEBVTT\n\n');
    }
  });

  test('samples that are not finite count as silence', async () => {
    const broken = samples.slice();
    for (const [i, value] of [Number.NaN, Infinity, -Infinity].entries()) {
      broken.fill(value, 100 + 300 * i, 110 + 300 * i);
    }
    assert.match((await transcriber.transcribe(broken)).text, kJfkText);
    const nothing = new Float32Array(32000).fill(Number.NaN);
    const silence = await transcriber.transcribe(new Float32Array(32000));
    assert.equal((await transcriber.transcribe(nothing)).text, silence.text);
    await works();
  });

  test('samples far beyond full scale do no harm', async () => {
    await transcriber.transcribe(samples.map((value) => value * 1e30));
    await works();
  });
});

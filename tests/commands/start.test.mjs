// npm start, and the server behind it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import http from 'node:http';
import path from 'node:path';
import { test } from 'node:test';
import { run } from '../../scripts/lib/exec.mjs';
import { startServer } from '../../scripts/lib/serve.mjs';

const kScript = path.resolve(import.meta.dirname, '../../scripts/start.mjs');

test('--once prints the transcript, RTF, the time of each stage and the peak heap', async () => {
  const start_ms = performance.now();
  const { stdout } = await run(process.execPath, [kScript, '--once']);
  const took_ms = performance.now() - start_ms;
  assert.match(stdout, /And so,? my fellow Americans/);
  assert.match(stdout, /RTF \d/);
  assert.match(stdout, /load .*mel .*encode .*decode .*peak heap \d+ MB/);
  // Nothing changed since the suite's set-up, so there was nothing to do but transcribe.
  assert.ok(took_ms < 10_000, `${took_ms} ms`);
});

test('a port that is no port is refused', async () => {
  for (const port of ['0', '65536', 'http', '80.5']) {
    const { code, stderr } = await run(process.execPath, [kScript, '--port', port], {
      check: false,
    });
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`--port: expected 1 to 65535, got '${port}'`));
  }
});

test('without --once the demo is served at the address that is printed', async () => {
  const child = spawn(process.execPath, [kScript, '--port', '18080']);
  try {
    let said = '';
    const address = await new Promise((resolve, reject) => {
      child.stdout.on('data', (text) => {
        said += text;
        const found = said.match(/http:\/\/localhost:\d+/)?.[0];
        if (found) resolve(found);
      });
      child.on('close', (code) => reject(new Error(`ended with ${code}: ${said}`)));
    });
    const page = await fetch(address.replace('localhost', '127.0.0.1'));
    assert.equal(page.status, 200);
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
    assert.match(await page.text(), /sotto/i);
  } finally {
    child.kill();
  }
});

test('the server serves the package, the model and the sample with the right types', async () => {
  const server = await startServer({ port: 18100 });
  const base = `http://127.0.0.1:${server.port}`;
  try {
    const types = {
      '/dist/index.js': 'text/javascript',
      '/dist/worklet.js': 'text/javascript',
      '/live/': 'text/html',
      '/dist/sotto-simd128.wasm.gz': 'application/wasm',
      '/models/tiny.en-q8.sotto': '',
      '/samples/jfk.wav': 'audio/',
    };
    for (const [url, type] of Object.entries(types)) {
      const response = await fetch(base + url, { method: 'HEAD' });
      assert.equal(response.status, 200, url);
      assert.ok((response.headers.get('content-type') ?? '').startsWith(type), url);
      assert.ok(Number(response.headers.get('content-length')) > 0, url);
    }
    const range = await fetch(`${base}/samples/jfk.wav`, { headers: { range: 'bytes=0-3' } });
    assert.equal(range.status, 206);
    assert.equal(await range.text(), 'RIFF');
    for (const url of ['/nowhere.html', '/../package.json', '/dist/../../package.json']) {
      assert.equal((await fetch(base + url)).status, 404, url);
    }
    const raw = await new Promise((resolve, reject) => {
      const request = { host: '127.0.0.1', port: server.port, path: '/dist/../package.json' };
      http.get(request, (response) => resolve(response.statusCode)).on('error', reject);
    });
    assert.equal(raw, 404, 'no way out of the folder');
  } finally {
    await server.close();
  }
});

test('a taken port makes it use the next free one', async () => {
  const first = await startServer({ port: 18200 });
  const second = await startServer({ port: first.port, isolate: true });
  try {
    assert.ok(second.port > first.port);
    const response = await fetch(`http://127.0.0.1:${second.port}/`);
    assert.equal(response.headers.get('cross-origin-opener-policy'), 'same-origin');
    assert.equal(response.headers.get('cross-origin-embedder-policy'), 'require-corp');
    await response.text();
  } finally {
    await first.close();
    await second.close();
  }
});

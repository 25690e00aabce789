import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { expectHash, fetchUrl, putInPlace } from '../../scripts/lib/download.mjs';

// One server per behaviour, because a host that did not answer is not asked again.
const servers = [];
let dir = '';

async function serve(handler) {
  const server = http.createServer(handler);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  servers.push(server);
  return `http://127.0.0.1:${server.address().port}/file`;
}

before(async () => {
  dir = await fs.mkdtemp(path.join(os.tmpdir(), 'sotto-get-'));
});
after(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await fs.rm(dir, { recursive: true, force: true });
});

test('fetchUrl brings what the source serves', async () => {
  const url = await serve((_request, response) => response.end('abc'));
  const file = path.join(dir, 'good');
  assert.equal(await fetchUrl('test', url, file), true);
  assert.equal(await fs.readFile(file, 'utf8'), 'abc');
});

test('a source that answers with an error is skipped, and so is one that is not there', async () => {
  const url = await serve((_request, response) => {
    response.statusCode = 404;
    response.end();
  });
  assert.equal(await fetchUrl('test', url, path.join(dir, 'none')), false);
  assert.equal(await fetchUrl('test', 'http://127.0.0.1:1/file', path.join(dir, 'none')), false);
  await assert.rejects(fs.access(path.join(dir, 'none')));
});

test('a source that does not answer is skipped after 5 s, and then at once', async () => {
  const url = await serve(() => {});
  const start_ms = performance.now();
  assert.equal(await fetchUrl('test', url, path.join(dir, 'silent')), false);
  const first_ms = performance.now() - start_ms;
  assert.ok(first_ms > 4500 && first_ms < 8000, `${first_ms} ms`);
  const again_ms = performance.now();
  assert.equal(await fetchUrl('test', url, path.join(dir, 'silent')), false);
  assert.ok(performance.now() - again_ms < 1000);
});

test('a transfer that breaks off leaves no file', async () => {
  const url = await serve((_request, response) => {
    response.setHeader('content-length', '1000');
    response.write('part');
    setTimeout(() => response.destroy(), 50);
  });
  const file = path.join(dir, 'broken');
  assert.equal(await fetchUrl('test', url, file), false);
  await assert.rejects(fs.access(file));
});

test('expectHash names what was expected and what came', async () => {
  const file = path.join(dir, 'hashed');
  await fs.writeFile(file, 'abc');
  const right = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  await expectHash(file, right, 'it');
  const wrong = '0'.repeat(64);
  await assert.rejects(expectHash(file, wrong, 'it'), {
    name: 'SetupError',
    message: `it: expected SHA-256 ${wrong}, got ${right} (3 B)`,
  });
});

test('putInPlace makes the folders it needs', async () => {
  const from = path.join(dir, 'from');
  await fs.writeFile(from, 'x');
  await putInPlace(from, path.join(dir, 'a/b/to'));
  assert.equal(await fs.readFile(path.join(dir, 'a/b/to'), 'utf8'), 'x');
});

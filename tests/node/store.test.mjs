// What the store of models decides without a browser: parts and versions, records, drafts that break.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { kModels } from '../lib/assets.mjs';
import { ChangingFile, someBytes } from '../lib/changing_file.mjs';
import { serve } from '../lib/server.mjs';
import { importSource } from '../lib/source.mjs';

const { canResume, fits, isChanged, partOf, rangeHeaders, recordOf } =
  await importSource('web/store/ranges.ts');
const { decodeRecord, encodeRecord, isRecord } = await importSource('web/store/record.ts');
const { keyOf } = await importSource('web/store/key.ts');
const { fetchFile } = await importSource('web/store/fetch_file.ts');
const { MemoryStore } = await importSource('web/store/memory_store.ts');

const kUrl = 'https://example.org/m.sotto';
const kHash = 'ab'.repeat(32);
const answer = (status, headers = {}) => ({ status, headers: new Headers(headers) });

describe('parts', () => {
  const record = {
    url: kUrl,
    bytes: 100,
    etag: '"1"',
    lastModified: 'Sun, 01 Nov 2026 00:00:00 GMT',
  };
  const rest = { 'content-range': 'bytes 40-99/100' };

  test('the rest is taken only where it is of the same version, place and size', () => {
    const cases = [
      [206, rest, 'rest'],
      [206, { ...rest, etag: '"1"' }, 'rest'],
      [206, { ...rest, etag: '"2"' }, 'other'],
      [206, { ...rest, 'last-modified': 'Mon, 02 Nov 2026 00:00:00 GMT' }, 'other'],
      [206, { 'content-range': 'bytes 0-99/100' }, 'other'],
      [206, { 'content-range': 'bytes 40-99/200' }, 'other'],
      [206, { 'content-range': 'bytes 40-99/*' }, 'rest'],
      [206, {}, 'other'],
      [200, {}, 'whole'],
      [416, { 'content-range': 'bytes */40' }, 'none'],
      [416, { 'content-range': 'bytes */40', etag: '"2"' }, 'other'],
      [416, { 'content-range': 'bytes */30' }, 'other'],
      [404, {}, 'other'],
    ];
    for (const [status, headers, expected] of cases) {
      const shown = `${status} ${JSON.stringify(headers)}`;
      // Where Last-Modified is not sent though it was before, nothing says that it is the same one.
      const known = headers.etag
        ? record
        : { ...record, lastModified: headers['last-modified'] && record.lastModified };
      assert.equal(partOf(answer(status, headers), known, 40), expected, shown);
    }
  });

  test('If-Range takes strong names of versions only, and to the own origin only', () => {
    const of = (changes, isOwn = true) => rangeHeaders({ ...record, ...changes }, 40, isOwn);
    assert.deepEqual(of({}), { range: 'bytes=40-', 'if-range': '"1"' });
    assert.deepEqual(of({}, false), { range: 'bytes=40-' });
    assert.deepEqual(of({ etag: 'W/"1"' }), { range: 'bytes=40-' });
    assert.equal(of({ etag: undefined })['if-range'], record.lastModified);
    assert.deepEqual(of({ etag: undefined, lastModified: undefined }), { range: 'bytes=40-' });
  });

  test('a beginning is used where its rest can be known, by a version or by the SHA-256', () => {
    assert.ok(canResume(record, { url: kUrl }));
    assert.ok(!canResume({ url: kUrl }, { url: kUrl }));
    assert.ok(canResume({ url: kUrl, sha256: kHash }, { url: kUrl, sha256: kHash.toUpperCase() }));
    assert.ok(!canResume(record, { url: kUrl, sha256: kHash }));
    assert.ok(!fits(record, { url: `${kUrl}?2` }));
    assert.ok(!fits(record, { url: kUrl, bytes: 99 }));
    assert.ok(fits({ ...record, bytes: undefined }, { url: kUrl, bytes: 99 }));
  });

  test('sizes on the wire are not those of compressed files', () => {
    const plain = recordOf(answer(200, { 'content-length': '7' }), { url: kUrl });
    assert.equal(plain.bytes, 7);
    const headers = { 'content-length': '7', 'content-encoding': 'gzip' };
    assert.equal(recordOf(answer(200, headers), { url: kUrl }).bytes, undefined);
    assert.equal(recordOf(answer(200, headers), { url: kUrl, bytes: 9 }).bytes, 9);
  });

  test('a kept file is out of date where the server says so, and not where it says nothing', () => {
    const is = (status, headers) =>
      isChanged(answer(status, headers), { ...record, lastModified: undefined });
    assert.ok(is(200, { etag: '"2"' }));
    assert.ok(is(200, { 'content-length': '99' }));
    assert.ok(!is(200, { etag: '"1"', 'content-length': '100' }));
    assert.ok(!is(200, {}));
    assert.ok(!is(404, { etag: '"2"' }));
  });
});

describe('records', () => {
  const record = { url: `${kUrl}?ü`, bytes: 5, sha256: kHash, etag: '"1"' };

  test('come back as they were written, with what follows them', () => {
    const head = encodeRecord(record);
    const found = decodeRecord(Uint8Array.from([...head, 1, 2, 3]));
    assert.deepEqual(found, { record, start_bytes: head.length });
  });

  test('that are cut, changed, or no records are none', () => {
    const head = encodeRecord(record);
    for (let length = 0; length < head.length; length++) {
      assert.equal(decodeRecord(head.subarray(0, length)), undefined);
    }
    for (const offset of [0, 8, 12]) {
      const other = head.slice();
      other[offset] ^= 0x80;
      assert.equal(decodeRecord(other), undefined);
    }
    for (const value of [
      null,
      'x',
      [],
      {},
      { url: 1 },
      { url: 'x', bytes: -1 },
      { url: 'x', etag: 2 },
    ]) {
      assert.ok(!isRecord(value), JSON.stringify(value));
    }
    assert.equal(encodeRecord({ url: 'x'.repeat(70_000) }), undefined);
  });

  test('keys are names of files, of one length, one for each address', () => {
    const keys = [kUrl, `${kUrl}?2`, `${kUrl}/${'x'.repeat(9999)}`].map(keyOf);
    for (const key of keys) assert.match(key, /^[0-9a-f]{32}$/);
    assert.equal(new Set(keys).size, keys.length);
  });
});

describe('drafts', () => {
  const kSize_bytes = 900_000;
  let server;
  let file;

  before(async () => {
    server = await serve([{ prefix: '/', handle: (...args) => file.handle(...args) }]);
  });
  after(() => server.close());

  async function fetchInto(store, wanted = {}, signal = new AbortController().signal) {
    const url = `${server.url}/file`;
    await fetchFile(await store.draft('key'), { url, ...wanted }, { signal });
    const source = await (await store.open('key'))?.source();
    const bytes = new Uint8Array(source?.sizeBytes ?? 0);
    source?.readAt(0, bytes);
    return createHash('sha256').update(bytes).digest('hex');
  }

  test('that break go on while each try brings bytes, however many there are', async () => {
    file = new ChangingFile(someBytes(kSize_bytes));
    file.cuts = [300_000, 200_000, 200_000, 100_000];
    assert.equal(await fetchInto(new MemoryStore()), file.sha256);
    assert.equal(file.sentBytes, kSize_bytes);
    assert.equal(file.asked.length, 5);
  });

  test('that bring nothing more end, and are there for another time', async () => {
    file = new ChangingFile(someBytes(kSize_bytes));
    file.hasRanges = false;
    file.cuts = [300_000, 300_000, 300_000];
    const store = new MemoryStore();
    await assert.rejects(fetchInto(store), { name: 'NetworkError', status: 200 });
    assert.equal(file.asked.length, 3);
    assert.equal(await store.draftBytes('key'), 300_000);
    file.hasRanges = true;
    assert.equal(await fetchInto(store), file.sha256);
    assert.equal(file.asked.at(-1).range, 'bytes=300000-');
  });

  test('that are all there, but were not kept, ask nobody', async () => {
    file = new ChangingFile(someBytes(kSize_bytes));
    const store = new MemoryStore();
    const draft = await store.draft('key');
    await draft.begin({ url: `${server.url}/file`, bytes: kSize_bytes, sha256: file.sha256 });
    await draft.append(file.bytes);
    assert.equal(await fetchInto(store, { sha256: file.sha256 }), file.sha256);
    assert.equal(file.asked.length, 0);
  });

  test('that are wrong are fetched anew once, and then refused', async () => {
    file = new ChangingFile(someBytes(kSize_bytes));
    const store = new MemoryStore();
    const draft = await store.draft('key');
    await draft.begin({ url: `${server.url}/file`, sha256: kHash });
    await draft.append(file.bytes.subarray(0, 1000));
    await assert.rejects(fetchInto(store, { sha256: kHash }), { name: 'ModelChecksumError' });
    assert.deepEqual(
      file.asked.map(({ status }) => status),
      [206, 200],
    );
    assert.deepEqual(await store.list(), []);
  });

  test('stop at an abort, in a pause, too', async () => {
    file = new ChangingFile(someBytes(kSize_bytes));
    file.cuts = [300_000];
    const controller = new AbortController();
    const coming = fetchInto(new MemoryStore(), {}, controller.signal);
    setTimeout(() => controller.abort(), 200);
    await assert.rejects(coming, { name: 'AbortError' });
    assert.equal(file.asked.length, 1);
  });

  test('a server that sends more than it may is stopped', async () => {
    file = new ChangingFile(someBytes(kSize_bytes));
    file.pause_ms = 5;
    const wanted = { bytes: 1000 };
    await assert.rejects(fetchInto(new MemoryStore(), wanted), { name: 'ModelChecksumError' });
  });
});

test('the files of named models are those that the set-up makes', async () => {
  const { namedModels } = await importSource('web/models.ts');
  let compared = 0;
  for (const { file, bytes, sha256 } of namedModels) {
    const path = join(kModels, file);
    // Whisper base is made where it is tested.
    if (!existsSync(path)) continue;
    const content = readFileSync(path);
    assert.equal(content.length, bytes, file);
    assert.equal(createHash('sha256').update(content).digest('hex'), sha256, file);
    compared++;
  }
  assert.ok(compared > 0);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSource } from '../../scripts/lib/apt.mjs';
import { listVariants } from '../../scripts/lib/cmake.mjs';
import { isRecentEnough } from '../../scripts/toolchain.mjs';

test('em++ has to be of 3.1.60 or newer', () => {
  for (const version of ['3.1.60', '3.1.69', '3.2.0', '4.0.0', '10.0.1-git']) {
    assert.equal(isRecentEnough(version), true, version);
  }
  for (const version of ['3.1.59', '3.1.6', '2.9.99', '', 'unknown']) {
    assert.equal(isRecentEnough(version), false, version);
  }
  assert.equal(isRecentEnough(undefined), false);
});

test('the variants are read from their table', async () => {
  const variants = await listVariants();
  assert.ok(variants.includes('scalar') && variants.includes('simd128'), variants.join());
});

test("Debian's main archive is found in both formats of apt's sources", () => {
  const stanza = [
    'Types: deb',
    'URIs: http://archive.example/debian',
    'Suites: stable stable-updates',
    'Components: main contrib',
    'Signed-By: /usr/share/keyrings/some.gpg',
  ].join('\n');
  const uri = 'http://archive.example/debian';
  assert.deepEqual(parseSource(stanza), { uri, signed_by: '/usr/share/keyrings/some.gpg' });
  assert.deepEqual(parseSource(`deb ${uri} bookworm main`), { uri, signed_by: undefined });
  const line = `deb [arch=amd64 signed-by=/k.gpg] ${uri}/ bookworm main`;
  assert.deepEqual(parseSource(line), { uri: `${uri}/`, signed_by: '/k.gpg' });
});

test('other archives are not taken for it', () => {
  const security = 'http://archive.example/debian-security';
  assert.equal(
    parseSource(`deb ${security} stable-security main`, 'debian-security')?.uri,
    security,
  );
  assert.equal(parseSource('deb http://archive.example/debian-security stable main'), null);
  assert.equal(parseSource('deb http://archive.example/ubuntu noble main'), null);
  assert.equal(parseSource('deb-src http://archive.example/debian stable main'), null);
  assert.equal(parseSource('URIs: http://archive.example/debian\nComponents: contrib'), null);
  assert.equal(parseSource(''), null);
});

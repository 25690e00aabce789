import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { listFiles } from '../../scripts/lib/stamp.mjs';
import { makeSite } from '../../scripts/site.mjs';

test('the site has what is served, where it is served, and nothing of before', async () => {
  const dir = await fs.mkdtemp(path.join(os.tmpdir(), 'sotto-site-'));
  try {
    const write = async (file, text) => {
      await fs.mkdir(path.dirname(path.join(dir, file)), { recursive: true });
      await fs.writeFile(path.join(dir, file), text);
    };
    await write('live/index.html', 'live');
    await write('file/index.html', 'file');
    await write('file/assets/a.js', 'a');
    await write('site/old.html', 'old');
    const site = path.join(dir, 'site');
    await makeSite(site, [
      ['/live/', path.join(dir, 'live')],
      ['/', path.join(dir, 'file')],
    ]);
    assert.deepEqual(await listFiles(site), ['assets/a.js', 'index.html', 'live/index.html']);
    assert.equal(await fs.readFile(path.join(site, 'live/index.html'), 'utf8'), 'live');
  } finally {
    await fs.rm(dir, { recursive: true, force: true });
  }
});

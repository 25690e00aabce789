// Models that can be named: what the scripts make is what the package asks for.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { kAssets } from '../../scripts/assets.mjs';
import { kModelNames, modelFile } from '../../scripts/model.mjs';
import { importSource } from '../lib/source.mjs';

const { findNamedModel, namedModels } = await importSource('web/models.ts');

test('the package knows the models that npm run model makes, under the same files', () => {
  assert.deepEqual(
    namedModels.map(({ name }) => name),
    kModelNames,
  );
  for (const name of kModelNames) {
    assert.equal(path.basename(modelFile(name)), findNamedModel(name).file);
  }
});

test('each is made of an asset whose files are pinned and have a canonical source', () => {
  for (const name of kModelNames) {
    const { files, packages } = kAssets[name];
    assert.deepEqual(
      files.map(([file]) => file).sort(),
      ['config.json', 'model.bin', 'tokenizer.json', 'vocabulary.txt'].map((f) => `${name}/${f}`),
    );
    const [, sha256, url] = files.find(([file]) => file.endsWith('/model.bin'));
    const { weights } = findNamedModel(name);
    assert.deepEqual({ url: weights.url, sha256: weights.sha256 }, { url, sha256 });
    for (const [, sha256, canonical, members] of files) {
      assert.match(sha256, /^[0-9a-f]{64}$/);
      assert.match(canonical, /^https:\/\//);
      for (const [index] of members) assert.ok(packages[index]);
    }
  }
});

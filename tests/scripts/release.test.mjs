import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unreleased, withVersion } from '../../scripts/lib/changelog.mjs';

const kHead = '# Changelog\n\nVersions follow semantic versioning.\n\n## Unreleased\n';
const kOld = '## 0.1.0 - 2026-01-01\n\n- The first.\n';

test('a version takes what was unreleased, and leaves an empty section on top', () => {
  const changelog = `${kHead}\n- New.\n  In two lines.\n- Other.\n\n${kOld}`;
  assert.equal(unreleased(changelog), '- New.\n  In two lines.\n- Other.');
  const next = withVersion(changelog, '0.2.0', '2026-02-03');
  const section = '## 0.2.0 - 2026-02-03\n\n- New.\n  In two lines.\n- Other.\n';
  assert.equal(next, `${kHead}\n${section}\n${kOld}`);
  assert.throws(() => unreleased(next), /got nothing/);
});

test('the first version has nothing below it', () => {
  const next = withVersion(`${kHead}\n- New.\n`, '0.1.0', '2026-02-03');
  assert.equal(next, `${kHead}\n## 0.1.0 - 2026-02-03\n\n- New.\n`);
});

test('a version without changes, and a changelog without the section, are refused', () => {
  assert.throws(() => withVersion(`${kHead}\n${kOld}`, '0.2.0', '2026-02-03'), /got nothing/);
  assert.throws(() => unreleased(`# Changelog\n\n${kOld}`), /Unreleased/);
});

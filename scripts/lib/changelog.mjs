// The changelog: a section `## Unreleased` on top, and one for each version below it.
import { SetupError } from './log.mjs';

const kUnreleased = '## Unreleased\n';

// The text before the section, its own, and that behind it.
function split(changelog) {
  const start = changelog.indexOf(kUnreleased);
  if (start < 0) {
    throw new SetupError('CHANGELOG.md: expected a section `## Unreleased`; got none');
  }
  const begin = start + kUnreleased.length;
  const next = changelog.indexOf('\n## ', begin);
  const end = next < 0 ? changelog.length : next + 1;
  return [changelog.slice(0, begin), changelog.slice(begin, end), changelog.slice(end)];
}

/** What has changed since the last version; SetupError where nothing is written down. */
export function unreleased(changelog) {
  const notes = split(changelog)[1].trim();
  if (notes === '') {
    throw new SetupError(
      'CHANGELOG.md: expected what has changed below `## Unreleased`; got nothing',
      'write it down first',
    );
  }
  return notes;
}

/**
 * The changelog with a new version, which has all that was unreleased.
 * @param {string} changelog
 * @param {string} version
 * @param {string} date as 2026-01-31
 */
export function withVersion(changelog, version, date) {
  const notes = unreleased(changelog);
  const [before, , behind] = split(changelog);
  const section = `## ${version} - ${date}\n\n${notes}\n`;
  return `${before}\n${section}${behind && `\n${behind}`}`;
}

// Programs of the system that the set-up relies on, and the packages that bring them.
import { which } from './exec.mjs';
import { SetupError } from './log.mjs';

const kPackages = {
  'g++': 'g++',
  cmake: 'cmake',
  python3: 'python3',
  git: 'git',
  tar: 'tar',
};

/** Fails with the names of the packages to install where one of these programs is missing. */
export function requireTools(...names) {
  const missing = names.filter((name) => !which(name));
  if (missing.length === 0) return;
  const packages = missing.map((name) => kPackages[name] ?? name).join(' ');
  const list = missing.join(', ');
  throw new SetupError(`not found on PATH: ${list}`, `as root: apt-get install ${packages}`);
}

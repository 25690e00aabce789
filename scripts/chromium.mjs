// The browser of the browser tests: the system's Chromium, or the one Playwright manages.
import { accessSync } from 'node:fs';
import { run, which } from './lib/exec.mjs';
import { SetupError, step } from './lib/log.mjs';

async function playwrightsOwn() {
  const { chromium } = await import('@playwright/test');
  const file = chromium.executablePath();
  try {
    accessSync(file);
    return file;
  } catch {
    return null;
  }
}

const systems = () => which('chromium') ?? which('chromium-browser') ?? which('google-chrome');

/** Path of a Chromium to test in; $SOTTO_CHROMIUM names one by hand. */
export async function setUpChromium() {
  const found = process.env.SOTTO_CHROMIUM ?? systems() ?? (await playwrightsOwn());
  if (found) return found;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !which('apt-get')) {
    throw new SetupError(
      'no Chromium for the browser tests',
      'as root: apt-get install chromium; or: npx playwright install chromium',
    );
  }
  step('chromium', "installing the system's package chromium (apt-get install, as root)");
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-q'], { env });
  await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium'], {
    env,
    todo: 'install a Chromium by hand, or name one in SOTTO_CHROMIUM',
  });
  const installed = systems();
  if (!installed) throw new SetupError('chromium was installed but is not on PATH');
  return installed;
}

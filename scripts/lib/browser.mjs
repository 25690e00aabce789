// Chromium, driven by scripts.

/** What a headless browser needs in a container, and what keeps it from calling anybody. */
export const kChromiumArguments = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts the Chromium at that path. */
export async function launchChromium(executablePath) {
  const { chromium } = await import('@playwright/test');
  return chromium.launch({ executablePath, args: kChromiumArguments });
}

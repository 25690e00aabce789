// Browsers, driven by scripts.

/** What a headless browser needs in a container, and what keeps it from calling anybody. */
export const kChromiumArguments = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** What makes the microphone play a WAV file, once, from the moment it is opened. */
export const microphoneArguments = (file) => [
  '--autoplay-policy=no-user-gesture-required',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  `--use-file-for-fake-audio-capture=${file}%noloop`,
];

/** Starts the Chromium at that path. */
export async function launchChromium(executablePath, more = []) {
  const { chromium } = await import('@playwright/test');
  return chromium.launch({ executablePath, args: [...kChromiumArguments, ...more] });
}

// A microphone that gives a tone, to pages that did not ask, and sound without a click; no calls home.
const kFirefoxPreferences = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.autoplay.default': 0,
  // Machines that test have no sound card, without which its audio never starts.
  'media.cubeb.force_mock_context': true,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
};

// A call may be a whole transcription, on a busy machine.
const kFirefoxAnswer_ms = 60_000;

/**
 * Starts the Firefox at that path, by WebDriver BiDi, which Playwright's own protocol is not.
 * @param {string} executablePath
 * @param {object} [preferences] besides those above, or in their place
 */
export async function launchFirefox(executablePath, preferences = {}) {
  const { default: puppeteer } = await import('puppeteer-core');
  return puppeteer.launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    protocolTimeout: kFirefoxAnswer_ms,
    extraPrefsFirefox: { ...kFirefoxPreferences, ...preferences },
  });
}

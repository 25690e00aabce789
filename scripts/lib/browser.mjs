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

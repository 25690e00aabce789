// What this page has to say about failures.
import { DeviceError, NetworkError, PermissionError, UnsupportedBrowserError } from 'sotto';
import type { InWords } from '../../shared/problems.js';

/** A failure in the words of this page; undefined for those that all pages share. */
export function inWords(error: unknown): InWords | undefined {
  if (error instanceof PermissionError) {
    return [
      'The microphone was not allowed',
      'Allow it for this page in the browser’s address bar, and press Start again. What you say ' +
        'is not recorded and not sent anywhere.',
    ];
  }
  if (error instanceof DeviceError) {
    return [
      'There is no sound to listen to',
      'Connect a microphone, or close the program that uses it. When sharing a tab, allow its ' +
        'sound, too. Then press Start again.',
    ];
  }
  if (error instanceof NetworkError && error.status === 404) {
    return [
      'A file of this page was not found',
      'This model may not be on this server. Choose another one and press Start again.',
    ];
  }
  if (error instanceof UnsupportedBrowserError && /mediaDevices|AudioWorklet/.test(error.message)) {
    return [
      'This page may not use a microphone',
      'Browsers allow it by https or on localhost only.',
    ];
  }
  return undefined;
}

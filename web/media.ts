// Opens what can be listened to, as a media stream; failures as errors of the package.
import {
  AudioError,
  DeviceError,
  PermissionError,
  shown,
  UnsupportedBrowserError,
} from './errors.js';
import type { CaptureOptions, LiveSource } from './live_types.js';

/** A stream, and what to do with it at the end. */
export interface OpenedMedia {
  stream: MediaStream;
  /** Stops it, where it is not the caller's. */
  release(): void;
  /** Whether another one may take its place when its device is lost. */
  reopens: boolean;
  /** Whether silence is a fault: a microphone always gives something. */
  expectsSound: boolean;
}

const said = (error: unknown) => (error instanceof Error ? error.message : String(error));

function toError(cause: unknown, what: string): Error {
  const name = cause instanceof Error ? cause.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') {
    return new PermissionError(`${what}: expected permission; got: ${said(cause)}`, { cause });
  }
  return new DeviceError(`${what}: expected a device that opens; got: ${name}: ${said(cause)}`, {
    cause,
  });
}

function mediaDevices(): MediaDevices {
  const devices = globalThis.navigator?.mediaDevices;
  if (devices) return devices;
  throw new UnsupportedBrowserError(
    'expected a browser with a microphone, and a page by https or on localhost; got no mediaDevices',
  );
}

const stopTracks = (stream: MediaStream) => {
  for (const track of stream.getTracks()) track.stop();
};

async function isMicrophone(track: MediaStreamTrack): Promise<boolean> {
  const { deviceId } = track.getSettings();
  const devices = (await globalThis.navigator?.mediaDevices?.enumerateDevices()) ?? [];
  return devices.some((device) => device.kind === 'audioinput' && device.deviceId === deviceId);
}

async function openMicrophone(options: CaptureOptions, isAgain: boolean): Promise<OpenedMedia> {
  const { deviceId, echoCancellation = true, noiseSuppression = false } = options;
  const { autoGainControl = true } = options;
  const audio: MediaTrackConstraints = { echoCancellation, noiseSuppression, autoGainControl };
  // In the place of one that was unplugged, any other will do.
  if (deviceId !== undefined) audio.deviceId = isAgain ? { ideal: deviceId } : { exact: deviceId };
  const devices = mediaDevices();
  try {
    const stream = await devices.getUserMedia({ audio });
    return { stream, release: () => stopTracks(stream), reopens: true, expectsSound: true };
  } catch (cause) {
    throw toError(cause, 'microphone');
  }
}

async function openDisplay(): Promise<OpenedMedia> {
  const devices = mediaDevices();
  if (typeof devices.getDisplayMedia !== 'function') {
    throw new UnsupportedBrowserError('expected a browser that shares its screen; this one cannot');
  }
  let stream: MediaStream;
  try {
    // Browsers give no sound without a picture, which is not looked at.
    stream = await devices.getDisplayMedia({ audio: true, video: true });
  } catch (cause) {
    throw toError(cause, 'display');
  }
  if (stream.getAudioTracks().length === 0) {
    stopTracks(stream);
    throw new DeviceError('display: expected its sound to be shared, too; got a picture alone');
  }
  return { stream, release: () => stopTracks(stream), reopens: false, expectsSound: false };
}

// An element's sound can be led away once only, and to one context.
const ledAway = new WeakMap<HTMLMediaElement, { context: AudioContext; stream: MediaStream }>();

function openElement(element: HTMLMediaElement): OpenedMedia {
  let found = ledAway.get(element);
  if (!found) {
    const context = new AudioContext();
    let source: MediaElementAudioSourceNode;
    try {
      source = context.createMediaElementSource(element);
    } catch (cause) {
      void context.close();
      const message = `source: expected an element whose sound is not led elsewhere; got: `;
      throw new DeviceError(message + said(cause), { cause });
    }
    const out = context.createMediaStreamDestination();
    source.connect(out);
    // It must still be heard.
    source.connect(context.destination);
    found = { context, stream: out.stream };
    ledAway.set(element, found);
  }
  void found.context.resume().catch(() => {}); // Waits for a click, as the element itself would.
  return { stream: found.stream, release: () => {}, reopens: false, expectsSound: false };
}

const isStream = (value: unknown): value is MediaStream =>
  typeof (value as Partial<MediaStream> | null)?.getAudioTracks === 'function';

const isElement = (value: unknown): value is HTMLMediaElement =>
  typeof (value as Partial<HTMLMediaElement> | null)?.canPlayType === 'function';

/** Throws an AudioError where the source is none. */
export function checkSource(source: unknown): asserts source is LiveSource {
  const isKnown = source === 'microphone' || source === 'display';
  if (isKnown || isStream(source) || isElement(source)) return;
  throw new AudioError(
    `source: expected 'microphone', 'display', a MediaStream or a media element; got ` +
      shown(source),
  );
}

/**
 * Opens a source; the browser may ask the person first. `isAgain`: in the place of one that was lost.
 *
 * @throws {@link PermissionError}, {@link DeviceError}, {@link UnsupportedBrowserError}.
 */
export async function openMedia(
  source: LiveSource,
  options: CaptureOptions,
  isAgain = false,
): Promise<OpenedMedia> {
  if (source === 'microphone') return openMicrophone(options, isAgain);
  if (source === 'display') return openDisplay();
  if (isElement(source)) return openElement(source);
  const track = source.getAudioTracks().find(({ readyState }) => readyState === 'live');
  if (!track) {
    throw new DeviceError('source: expected a stream with sound; got one without a live track');
  }
  const expectsSound = await isMicrophone(track);
  return { stream: source, release: () => {}, reopens: false, expectsSound };
}

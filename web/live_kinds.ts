// The two kinds of live captions: of what sounds, and of samples that are pushed.
import { checkSamples } from './audio.js';
import { LiveCaptions } from './live.js';
import { PushedAudio } from './live_audio.js';
import type { LiveLink } from './live_link.js';
import type { CaptureOptions, LiveOptions, LiveSource } from './live_types.js';
import { checkSource } from './media.js';
import type { Recording } from './mic.js';
import { checkCaptureOptions } from './options.js';

/** Captions of a microphone, of shared sound, of a stream or an element. */
export class LiveListener extends LiveCaptions<Recording> {
  /** Listens to another source from here on, or to another microphone; the captions go on. */
  async use(source: LiveSource, options: CaptureOptions = {}): Promise<void> {
    checkCaptureOptions(options);
    checkSource(source);
    await this.started;
    await this.audio?.use(source, options);
  }
}

/** Captions of samples that a program pushes as it has them. */
export class LiveStream extends LiveCaptions<PushedAudio> {
  /** @internal */
  constructor(link: LiveLink, options: LiveOptions) {
    super(link, options, (events) => new PushedAudio(events));
  }

  /** Takes mono samples in [-1, 1], as a copy; 16 kHz if no rate is given. */
  push(samples: Float32Array, sampleRate = 16000): void {
    checkSamples(samples, sampleRate);
    if (this.state === 'stopping' || this.state === 'stopped') return;
    this.audio?.push(samples, sampleRate);
  }
}

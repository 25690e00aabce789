// What the page and the audio thread have in common.

import type { BlockReport } from './live_wire.js';

/** The name of the processor that worklet.js registers. */
export const kProcessorName = 'sotto-recorder';

/** What the audio thread tells the page: how each block was, and that the end was sent. */
export type WorkletReport = BlockReport | 'ended';

/** What the page tells the audio thread. */
export type WorkletCommand =
  | { type: 'attach'; port: MessagePort; from_s: number }
  | { type: 'pause' }
  | { type: 'resume' }
  | { type: 'end' };

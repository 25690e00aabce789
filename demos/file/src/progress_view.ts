// What the bar says while a recording is transcribed.
import type { TranscribeProgress } from 'sotto';
import { clock } from '../../shared/dom.js';
import { show } from '../../shared/progress.js';

export function showTranscribing(progress: TranscribeProgress): void {
  const { stage, fraction, positionS, durationS } = progress;
  if (stage === 'audio') {
    show('Reading the recording', fraction, '');
    return;
  }
  const percent = fraction === undefined ? '' : `${Math.round(fraction * 100)} %`;
  const length = durationS === undefined ? '' : ` of ${clock(durationS)}`;
  show('Transcribing', fraction, `${percent} · ${clock(positionS)}${length}`);
}

// The bar and its line of words, and what screen readers hear of them.
import type { LoadProgress, TranscribeProgress } from 'sotto';
import { byId, clock, megabytes } from '../../shared/dom.js';

const panel = byId('progress');
const bar = byId('bar');
const fill = byId('bar-fill');
const label = byId('progress-label');
const value = byId('progress-value');
const announcer = byId('announcer');

/** Says something to screen readers. The bar's numbers would be too much of it. */
export function announce(message: string): void {
  announcer.textContent = message;
}

// A new stage begins at nothing at once: a bar that runs back would look like a loss.
function beginAnew(): void {
  fill.style.transition = 'none';
  fill.style.transform = 'translateX(-100%)';
  fill.getBoundingClientRect();
  fill.style.removeProperty('transition');
}

function show(text: string, fraction: number | undefined, numbers: string): void {
  panel.hidden = false;
  if (label.textContent !== text) {
    label.textContent = text;
    announce(text);
    beginAnew();
  }
  value.textContent = numbers;
  bar.classList.toggle('is-unknown', fraction === undefined);
  if (fraction === undefined) {
    fill.style.removeProperty('transform');
    bar.removeAttribute('aria-valuenow');
    return;
  }
  const percent = Math.round(fraction * 100);
  fill.style.transform = `translateX(${percent - 100}%)`;
  bar.setAttribute('aria-valuenow', String(percent));
}

export function hide(): void {
  panel.hidden = true;
  label.textContent = '';
}

export function showWaiting(text: string): void {
  show(text, undefined, '');
}

export function showLoading({ stage, fraction, loadedBytes, totalBytes }: LoadProgress): void {
  if (stage === 'load') {
    show('Preparing the speech model', fraction, '');
    return;
  }
  const total = totalBytes === undefined ? '' : ` of ${megabytes(totalBytes)}`;
  show('Downloading the speech model', fraction, `${megabytes(loadedBytes)}${total}`);
}

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

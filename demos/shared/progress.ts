// The bar and its line of words, and what screen readers hear of them.
import type { LoadProgress } from 'sotto';
import { byId, megabytes } from './dom.js';

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

/** Shows a stage, how much of it is done, and its numbers. */
export function show(text: string, fraction: number | undefined, numbers: string): void {
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

/** Hides the bar. */
export function hide(): void {
  panel.hidden = true;
  label.textContent = '';
}

/** Shows that something goes on, nobody knows how long. */
export function showWaiting(text: string): void {
  show(text, undefined, '');
}

/** Shows how far the model is. */
export function showLoading({ stage, fraction, loadedBytes, totalBytes }: LoadProgress): void {
  if (stage === 'load') {
    show('Preparing the speech model', fraction, '');
    return;
  }
  const total = totalBytes === undefined ? '' : ` of ${megabytes(totalBytes)}`;
  show('Downloading the speech model', fraction, `${megabytes(loadedBytes)}${total}`);
}

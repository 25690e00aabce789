// The list of phrases: they appear as they come, are played by a click, and follow the player.
import type { Segment } from 'sotto';
import { byId, clock } from '../../shared/dom.js';

const section = byId('transcript');
const list = byId('segments');
const partial = byId('partial');
const empty = byId('empty');

interface Row {
  segment: Segment;
  button: HTMLButtonElement;
}

let rows: Row[] = [];
let current: Row | undefined;

/** Empties the list. */
export function clear(): void {
  rows = [];
  current = undefined;
  list.replaceChildren();
  empty.hidden = true;
  section.hidden = true;
  showPartial('');
}

/** Shows text that is still being decoded. */
export function showPartial(text: string): void {
  const trimmed = text.trim();
  partial.textContent = trimmed;
  partial.hidden = trimmed === '';
  if (trimmed !== '') section.hidden = false;
}

/** Adds a phrase; `onPlay` is called when it is clicked. */
export function addSegment(segment: Segment, onPlay: (segment: Segment) => void): void {
  const text = segment.text.trim();
  if (text === '') return;
  const time = document.createElement('time');
  time.dateTime = `PT${segment.start.toFixed(2)}S`;
  time.textContent = clock(segment.start);
  const words = document.createElement('span');
  words.textContent = text;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'segment';
  button.append(time, words);
  button.addEventListener('click', () => onPlay(segment));
  const item = document.createElement('li');
  item.className = 'is-new';
  item.append(button);
  list.append(item);
  rows.push({ segment, button });
  section.hidden = false;
}

/** Says that there was nothing to hear. */
export function showEnd(): void {
  showPartial('');
  section.hidden = false;
  empty.hidden = rows.length > 0;
}

/** Marks the phrase that is spoken at a time, and brings it into sight when it is a new one. */
export function highlight(seconds: number): void {
  const row = rows.find(({ segment }) => seconds >= segment.start && seconds < segment.end);
  if (row === current) return;
  current?.button.removeAttribute('aria-current');
  current = row;
  row?.button.setAttribute('aria-current', 'true');
  row?.button.scrollIntoView({ block: 'nearest' });
}

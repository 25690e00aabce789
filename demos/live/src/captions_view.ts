// The captions in large type, and the transcript below.
import type { LiveUpdate } from 'sotto';
import { byId, clock } from '../../shared/dom.js';

const stage = byId('stage');
const past = byId('stage-past');
const confirmed = byId('confirmed');
const tentative = byId('tentative');
const hint = byId('stage-hint');
const section = byId('transcript');
const scroller = byId('scroller');
const list = byId('phrases');
const empty = byId('empty');

// Phrases that stay in the large captions; more of them would not fit.
const kPast = 3;

// Who has scrolled up to read is left there; nearer to the end than this, new phrases are followed.
const kFollow_px = 60;

/** Where the phrase that is being said begins. */
let start_s: number | undefined;
/** The last phrase, which stands in large type until the next one begins. */
let last = '';

/** Empties both. */
export function clear(): void {
  start_s = undefined;
  last = '';
  past.replaceChildren();
  confirmed.textContent = '';
  tentative.textContent = '';
  list.replaceChildren();
  hint.hidden = false;
  empty.hidden = false;
}

/** Shows the places for both, which are not there before the first start. */
export function open(): void {
  stage.hidden = false;
  section.hidden = false;
}

function addPhrase(text: string): void {
  const time = document.createElement('time');
  time.dateTime = `PT${(start_s ?? 0).toFixed(2)}S`;
  time.textContent = clock(start_s ?? 0);
  const words = document.createElement('span');
  words.textContent = text;
  const item = document.createElement('li');
  item.append(time, words);
  const isAtEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < kFollow_px;
  list.append(item);
  empty.hidden = true;
  if (isAtEnd) scroller.scrollTop = scroller.scrollHeight;
}

function moveUp(): void {
  if (last === '') return;
  const line = document.createElement('p');
  line.textContent = last;
  last = '';
  past.append(line);
  while (past.children.length > kPast) past.firstElementChild?.remove();
}

/** Shows what is being said. */
export function show({ confirmed: text, tentative: rest, words, isFinal }: LiveUpdate): void {
  start_s ??= words[0]?.start;
  if (text + rest !== '') moveUp();
  if (last === '') confirmed.textContent = text;
  tentative.textContent = rest;
  hint.hidden = true;
  if (!isFinal) return;
  addPhrase(text);
  last = text;
  start_s = undefined;
}

// Plays the recording, and tells where it is.
import { byId, clock } from '../../shared/dom.js';

const audio = new Audio();
audio.preload = 'metadata';
const panel = byId('player');
const play = byId<HTMLButtonElement>('play');
const seek = byId<HTMLInputElement>('seek');
const now = byId('now');
const length = byId('length');

let address = '';
let tell: (seconds: number) => void = () => {};

function showState(): void {
  const playing = !audio.paused && !audio.ended;
  play.classList.toggle('is-playing', playing);
  play.setAttribute('aria-label', playing ? 'Pause' : 'Play');
}

function showTime(): void {
  seek.value = String(audio.currentTime);
  const played = audio.duration > 0 ? (100 * audio.currentTime) / audio.duration : 0;
  seek.style.setProperty('--played', `${played}%`);
  seek.setAttribute('aria-valuetext', `${clock(audio.currentTime)} of ${clock(audio.duration)}`);
  now.textContent = clock(audio.currentTime);
  tell(audio.currentTime);
}

// timeupdate comes four times a second, which is too coarse to follow short phrases.
function follow(): void {
  showTime();
  if (!audio.paused && !audio.ended) requestAnimationFrame(follow);
}

audio.addEventListener('loadedmetadata', () => {
  if (!Number.isFinite(audio.duration)) return;
  seek.max = String(audio.duration);
  length.textContent = clock(audio.duration);
  panel.hidden = false;
  showTime();
});
audio.addEventListener('play', () => {
  showState();
  follow();
});
for (const name of ['pause', 'ended']) audio.addEventListener(name, showState);
audio.addEventListener('seeked', showTime);
play.addEventListener('click', () => {
  if (audio.paused) void audio.play().catch(showState);
  else audio.pause();
});
seek.addEventListener('input', () => {
  audio.currentTime = Number(seek.value);
});

/** Takes a recording; `onTime` is told the position as it moves. */
export function open(file: Blob, onTime: (seconds: number) => void): void {
  close();
  address = URL.createObjectURL(file);
  tell = onTime;
  audio.src = address;
}

/** Lets the recording go. */
export function close(): void {
  tell = () => {};
  panel.hidden = true;
  audio.pause();
  audio.removeAttribute('src');
  audio.load();
  if (address) URL.revokeObjectURL(address);
  address = '';
}

/** Plays from a time. */
export function playFrom(seconds: number): void {
  audio.currentTime = seconds;
  void audio.play().catch(showState);
}

// How it goes: the level, the clock, what is wrong with the sound, and the figures behind.
import type { LiveCaptions, LiveHealth, LiveLevel, LiveState, Transcriber } from 'sotto';
import { byId, clock, figure, megabytes } from '../../shared/dom.js';

const meter = byId<HTMLMeterElement>('level');
const fill = byId('level-fill');
const doing = byId('doing');
const elapsed = byId('elapsed');
const notice = byId('notice');
const noticeText = byId('notice-text');
const noticeAct = byId<HTMLButtonElement>('notice-act');
const diagnostics = byId<HTMLDetailsElement>('diagnostics');
const figures = byId('figures');

const kStates: Record<LiveState, string> = {
  starting: 'Waiting for the microphone',
  listening: 'Listening',
  paused: 'Paused',
  stopping: 'Finishing',
  stopped: 'Stopped',
};

interface Complaint {
  text: string;
  /** What the button says; none where nothing on this page helps. */
  act?: string;
}

const kComplaints: Record<Exclude<LiveHealth, 'ok'>, Complaint> = {
  'no-input': { text: 'No sound arrives. Is the microphone still connected?' },
  'silent-input': {
    text: 'The microphone gives only silence. It may be muted, or switched off in the settings.',
  },
  'device-lost': {
    text: 'The microphone was disconnected. Plug it in again, or choose another one.',
    act: 'Try again',
  },
  suspended: { text: 'The browser has paused the sound.', act: 'Go on' },
  'no-output': {
    text: 'The browser does not start its sound. Firefox needs headphones or a loudspeaker for that.',
  },
};

// 60 dB below full scale is silence to the eye.
const kFloor_dB = -60;

/** Shows how loud it is. */
export function showLevel({ peak }: LiveLevel): void {
  const decibels = 20 * Math.log10(Math.max(peak, 1e-6));
  const part = Math.min(1, Math.max(0, 1 - decibels / kFloor_dB));
  meter.value = part;
  fill.style.transform = `scaleX(${part.toFixed(3)})`;
}

/** Shows what it does. */
export function showState(state: LiveState): void {
  doing.textContent = kStates[state];
  if (state !== 'listening') showLevel({ peak: 0, rms: 0 });
}

/** Says what is wrong with the sound, and what can be done. */
export function showHealth(health: LiveHealth): void {
  if (health === 'ok') {
    notice.hidden = true;
    return;
  }
  const { text, act } = kComplaints[health];
  showNotice(text, act);
}

/** Says something about the sound. */
export function showNotice(text: string, act?: string): void {
  noticeText.textContent = text;
  noticeAct.textContent = act ?? '';
  noticeAct.hidden = act === undefined;
  notice.hidden = false;
}

/** Calls back when the notice's button is pressed. */
export function onNotice(act: () => void): void {
  noticeAct.addEventListener('click', act);
}

const milliseconds = (ms: number) => `${Math.round(ms)} ms`;

/** Shows the clock, and the figures where they are looked at. */
export function showFigures(captions: LiveCaptions, { info }: Transcriber): void {
  const stats = captions.stats;
  elapsed.textContent = clock(stats.audioS);
  diagnostics.hidden = false;
  if (!diagnostics.open) return;
  const rtf = stats.audioS > 0 ? stats.computeMs / 1000 / stats.audioS : 0;
  figures.replaceChildren(
    figure('Build', info.variant),
    figure('Threads', String(info.threads)),
    figure('Lag', milliseconds(stats.lagMs)),
    figure('Real-time factor', rtf.toFixed(2)),
    figure(stats.behind ? 'Step, made longer' : 'Step', milliseconds(stats.stepMs)),
    figure('Last pass', milliseconds(stats.passMs)),
    figure('Lost blocks', String(stats.lostBlocks)),
    figure('Memory', megabytes(stats.heapBytes)),
    figure('Device', stats.sampleRate > 0 ? `${stats.sampleRate / 1000} kHz` : 'none'),
    figure('Restarts', String(stats.restarts)),
  );
}

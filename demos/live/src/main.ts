// The page: starts and stops to listen, and shows what is said.
import type { LiveListener, LiveSource, Transcriber } from 'sotto';
import { DeviceError, PermissionError } from 'sotto';
import { byId, showIntro } from '../../shared/dom.js';
import * as downloads from '../../shared/downloads.js';
import { showProblem } from '../../shared/problems.js';
import * as progress from '../../shared/progress.js';
import * as view from './captions_view.js';
import type { Choices } from './choices.js';
import * as choices from './choices.js';
import { transcriberOf } from './engine.js';
import { keepForOffline } from './offline.js';
import { inWords } from './problems.js';
import * as status from './status_view.js';

const start = byId<HTMLButtonElement>('start');
const startLabel = byId('start-label');
const pause = byId<HTMLButtonElement>('pause');
const listening = byId('listening');
const engine = byId('engine');

// How often the clock and the figures are shown anew.
const kFigures_ms = 250;

interface Job {
  abort: AbortController;
  captions?: LiveListener;
  /** What of the screen is shared. */
  shared?: MediaStream;
}

let job: Job | undefined;

// The person is asked in the click itself: browsers share a screen at no other time.
async function shareScreen(mine: Job): Promise<MediaStream> {
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getDisplayMedia({ audio: true, video: true });
  } catch (cause) {
    throw new PermissionError(`display: ${cause}`, { cause });
  }
  endSharing(mine);
  mine.shared = stream;
  const [track] = stream.getAudioTracks();
  if (!track) throw new DeviceError('display: its sound was not shared');
  // Who ends the sharing has heard enough.
  track.addEventListener('ended', () => void mine.captions?.stop().catch(() => {}));
  return stream;
}

function endSharing(mine: Job): void {
  for (const track of mine.shared?.getTracks() ?? []) track.stop();
  delete mine.shared;
}

function showRunning(isRunning: boolean): void {
  start.classList.toggle('is-running', isRunning);
  startLabel.textContent = isRunning ? 'Stop' : 'Start';
  listening.hidden = !isRunning;
  if (!isRunning) pause.hidden = true;
  choices.lock(isRunning);
}

function showEngine(model: string, { info }: Transcriber): void {
  const threads = info.threads > 1 ? ` · ${info.threads} threads` : '';
  engine.textContent = `${model} · ${info.variant}${threads}`;
  engine.hidden = false;
}

function watch(captions: LiveListener): void {
  captions.addEventListener('state', ({ detail }) => {
    status.showState(detail);
    pause.textContent = detail === 'paused' ? 'Resume' : 'Pause';
  });
  captions.addEventListener('level', ({ detail }) => status.showLevel(detail));
  captions.addEventListener('health', ({ detail }) => status.showHealth(detail));
  captions.addEventListener('lost', ({ detail }) => {
    status.showNotice(`This machine is too slow for this model: ${detail} blocks were lost.`);
  });
  captions.addEventListener('restart', () => {
    status.showNotice('The engine stopped and was started again. What is confirmed was kept.');
  });
}

async function listen(mine: Job, wanted: Choices): Promise<void> {
  const { signal } = mine.abort;
  const transcriber = await transcriberOf(wanted.model, progress.showLoading, signal);
  progress.hide();
  showEngine(wanted.model, transcriber);
  const { language, deviceId, echoCancellation, noiseSuppression } = wanted;
  const captions = transcriber.listen(mine.shared ?? 'microphone', {
    ...{ language, deviceId, echoCancellation, noiseSuppression, signal },
  });
  mine.captions = captions;
  watch(captions);
  status.showState(captions.state);
  listening.hidden = false;
  await captions.started;
  view.open();
  pause.hidden = false;
  void choices.listDevices();
  const timer = setInterval(() => status.showFigures(captions, transcriber), kFigures_ms);
  try {
    for await (const update of captions) {
      view.show(update);
      if (update.words.length > 0) downloads.offer(captions.transcript, 'captions');
    }
    downloads.offer(await captions.result, 'captions');
    status.showFigures(captions, transcriber);
  } finally {
    clearInterval(timer);
  }
}

async function run(): Promise<void> {
  const mine: Job = { abort: new AbortController() };
  job = mine;
  const wanted = choices.chosen();
  showIntro(false);
  byId('problem').hidden = true;
  byId('notice').hidden = true;
  view.clear();
  downloads.offer(undefined);
  showRunning(true);
  listening.hidden = true;
  progress.showWaiting('Starting');
  try {
    if (wanted.source === 'display') await shareScreen(mine);
    await listen(mine, wanted);
    progress.announce('Stopped');
  } catch (error) {
    // Who stopped it while it loaded knows.
    if (!mine.abort.signal.aborted) showProblem(error, inWords);
  } finally {
    endSharing(mine);
    if (job === mine) {
      job = undefined;
      progress.hide();
      showRunning(false);
    }
  }
}

function stop(): void {
  if (!job) return;
  if (job.captions)
    void job.captions.stop().catch(() => {}); // run() shows what failed.
  else job.abort.abort();
}

// While it listens, another source takes the place of the one there is.
async function changeSource(): Promise<void> {
  const mine = job;
  if (!mine?.captions) return;
  try {
    const { source, deviceId } = choices.chosen();
    const next: LiveSource = source === 'display' ? await shareScreen(mine) : 'microphone';
    await mine.captions.use(next, { deviceId });
    if (source !== 'display') endSharing(mine);
    byId('problem').hidden = true;
  } catch (error) {
    showProblem(error, inWords);
  }
}

start.addEventListener('click', () => (job ? stop() : void run()));
pause.addEventListener('click', () => {
  const captions = job?.captions;
  if (captions?.state === 'paused') void captions.resume();
  else captions?.pause();
});
status.onNotice(() => void job?.captions?.resume());
choices.onSource(() => void changeSource());
downloads.onCopy(progress.announce);
navigator.mediaDevices?.addEventListener('devicechange', () => void choices.listDevices());
void choices.listDevices();
keepForOffline();

// The page: takes a file, runs it through the transcriber, shows what comes.
import type { Transcriber, Transcript } from 'sotto';
import { byId, figure, megabytes, secondsText, showIntro } from '../../shared/dom.js';
import * as downloads from '../../shared/downloads.js';
import { showProblem } from '../../shared/problems.js';
import * as progress from '../../shared/progress.js';
import { transcriber } from './engine.js';
import * as player from './player.js';
import { inWords } from './problems.js';
import { showTranscribing } from './progress_view.js';
import * as view from './transcript_view.js';

const drop = byId('drop');
const input = byId<HTMLInputElement>('file');
const sample = byId<HTMLButtonElement>('sample');
const work = byId('work');
const cancel = byId<HTMLButtonElement>('cancel');
const another = byId<HTMLButtonElement>('another');
const problem = byId('problem');
const figures = byId('figures');
const engine = byId('engine');

// The work at hand; a new file or the Cancel button stops it.
let job: AbortController | undefined;

function showStart(): void {
  job?.abort();
  job = undefined;
  player.close();
  view.clear();
  downloads.offer(undefined);
  work.hidden = true;
  problem.hidden = true;
  figures.hidden = true;
  showIntro(true);
  drop.hidden = false;
}

function showWork(file: File): void {
  showIntro(false);
  drop.hidden = true;
  work.hidden = false;
  cancel.hidden = false;
  another.hidden = true;
  byId('file-name').textContent = file.name;
  byId('file-meta').textContent = megabytes(file.size);
  progress.showWaiting('Starting');
  player.open(file, view.highlight);
  cancel.focus();
}

function showEngine({ info }: Transcriber): void {
  engine.textContent = `tiny.en · ${info.variant}`;
  engine.hidden = false;
}

function showResult(transcript: Transcript, file: File, taken_ms: number): void {
  const { audio_ms, peak_heap_bytes } = transcript.timings;
  const rtf = audio_ms > 0 ? taken_ms / audio_ms : 0;
  figures.replaceChildren(
    figure('Recording', secondsText(audio_ms)),
    figure('Time taken', secondsText(taken_ms)),
    figure('Real-time factor', rtf.toFixed(2)),
    figure('Memory', `${Math.round(peak_heap_bytes / 1e6)} MB`),
  );
  figures.hidden = false;
  view.showEnd();
  downloads.offer(transcript, file.name);
  const count = transcript.segments.length;
  const phrases = count === 1 ? '1 segment' : `${count} segments`;
  progress.announce(`Done: ${phrases} in ${secondsText(taken_ms)}`);
}

async function transcribe(file: File, signal: AbortSignal): Promise<void> {
  const model = await transcriber(progress.showLoading, signal);
  showEngine(model);
  const start_ms = performance.now();
  const transcript = await model.transcribe(file, {
    signal,
    onProgress: showTranscribing,
    onToken: ({ text }) => view.showPartial(text),
    onSegment: (segment) => {
      view.showPartial('');
      view.addSegment(segment, ({ start }) => player.playFrom(start));
    },
  });
  showResult(transcript, file, performance.now() - start_ms);
}

async function start(file: File): Promise<void> {
  showStart();
  const mine = new AbortController();
  job = mine;
  showWork(file);
  try {
    await transcribe(file, mine.signal);
  } catch (error) {
    // Whoever stopped it has set the page right.
    if (mine.signal.aborted) return;
    view.showPartial('');
    showProblem(error, inWords);
  }
  if (job !== mine) return;
  job = undefined;
  progress.hide();
  // Hiding a button takes the keyboard's place with it.
  const wasFocused = document.activeElement === cancel;
  cancel.hidden = true;
  another.hidden = false;
  if (wasFocused) another.focus();
}

async function startSample(): Promise<void> {
  const address = new URL('samples/jfk.wav', document.baseURI);
  try {
    const response = await fetch(address);
    if (!response.ok) throw new Error(`${address.href}: status ${response.status}`);
    await start(new File([await response.blob()], 'jfk.wav', { type: 'audio/wav' }));
  } catch (error) {
    showProblem(error, inWords);
  }
}

function goBack(message: string): void {
  showStart();
  input.focus();
  progress.announce(message);
}

input.addEventListener('change', () => {
  const file = input.files?.[0];
  input.value = ''; // The same file may be chosen again.
  if (file) void start(file);
});
sample.addEventListener('click', () => void startSample());
cancel.addEventListener('click', () => goBack('Cancelled'));
another.addEventListener('click', () => goBack('Choose another file'));
downloads.onCopy(progress.announce);

// A file may be dropped anywhere: one that misses the frame would otherwise replace the page.
let depth = 0; // dragenter and dragleave come for each element on the way.
const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
const showOver = () => drop.classList.toggle('is-over', depth > 0);
addEventListener('dragenter', (event) => {
  if (hasFiles(event)) depth++;
  showOver();
});
addEventListener('dragleave', (event) => {
  if (hasFiles(event)) depth = Math.max(0, depth - 1);
  showOver();
});
addEventListener('dragover', (event) => event.preventDefault());
addEventListener('drop', (event) => {
  event.preventDefault();
  depth = 0;
  showOver();
  const file = event.dataTransfer?.files[0];
  if (file) void start(file);
});

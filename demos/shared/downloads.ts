// Saves the transcript as a file, or copies it.
import type { Transcript } from 'sotto';
import { byId, saveAs } from './dom.js';

interface Format {
  type: string;
  write: (transcript: Transcript) => string;
}

const formats: Record<string, Format> = {
  txt: { type: 'text/plain', write: (transcript) => transcript.toTXT() },
  srt: { type: 'application/x-subrip', write: (transcript) => transcript.toSRT() },
  vtt: { type: 'text/vtt', write: (transcript) => transcript.toVTT() },
  tsv: { type: 'text/tab-separated-values', write: (transcript) => transcript.toTSV() },
  lrc: { type: 'text/plain', write: (transcript) => transcript.toLRC() },
  json: { type: 'application/json', write: (transcript) => JSON.stringify(transcript, null, 2) },
};

const group = byId('downloads');
const copy = byId<HTMLButtonElement>('copy');

let transcript: Transcript | undefined;
let baseName = 'transcript';

function save(extension: string): void {
  const format = formats[extension];
  if (!transcript || !format) return;
  saveAs(format.write(transcript), format.type, `${baseName}.${extension}`);
}

for (const button of group.querySelectorAll<HTMLButtonElement>('[data-format]')) {
  const extension = button.dataset.format ?? '';
  button.setAttribute('aria-label', `Download as ${extension.toUpperCase()}`);
  button.addEventListener('click', () => save(extension));
}

/** Offers a transcript, or nothing. */
export function offer(result: Transcript | undefined, fileName = ''): void {
  transcript = result;
  baseName = fileName.replace(/\.[^.]*$/, '') || 'transcript';
  group.hidden = !result || result.segments.length === 0;
}

/** Copies the text when the button is pressed; `say` tells how it went. */
export function onCopy(say: (message: string) => void): void {
  copy.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(transcript?.toTXT() ?? '');
      copy.textContent = 'Copied';
      say('The transcript was copied');
    } catch {
      copy.textContent = 'Not allowed';
      say('The browser did not allow copying');
    }
    setTimeout(() => {
      copy.textContent = 'Copy';
    }, 1500);
  });
}

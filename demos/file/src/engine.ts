// The transcriber of this page: made when it is first needed, kept for the next file.
import type { LoadProgress, Transcriber } from 'sotto';
import { createTranscriber } from 'sotto';

const kModelFolder = new URL('models/', document.baseURI);

let current: Transcriber | undefined;

/** The page's transcriber; the first call loads the model. */
export async function transcriber(
  onProgress: (progress: LoadProgress) => void,
  signal: AbortSignal,
): Promise<Transcriber> {
  if (current && !current.closed) return current;
  current = await createTranscriber({
    model: 'tiny.en',
    modelBaseUrl: kModelFolder,
    onProgress,
    signal,
  });
  return current;
}

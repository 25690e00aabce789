// The transcriber of this page: made when it is first needed, and anew for another model.
import type { LoadProgress, Transcriber } from 'sotto';
import { createTranscriber } from 'sotto';

const kModelFolder = new URL('models/', document.baseURI);

let current: { model: string; transcriber: Transcriber } | undefined;

/** The transcriber of a model; the first call for it loads it. */
export async function transcriberOf(
  model: string,
  onProgress: (progress: LoadProgress) => void,
  signal: AbortSignal,
): Promise<Transcriber> {
  if (current && current.model === model && !current.transcriber.closed) return current.transcriber;
  // Two models at once would take the memory of both.
  current?.transcriber.close();
  current = undefined;
  const transcriber = await createTranscriber({
    model,
    modelBaseUrl: kModelFolder,
    onProgress,
    signal,
  });
  current = { model, transcriber };
  return transcriber;
}

// A program that is strict about its types, and holds the package to them.
import {
  createTranscriber,
  type LiveListener,
  NetworkError,
  type Segment,
  type Transcriber,
  type TranscriberOptions,
  type Transcript,
  transcribe,
  type Variant,
  variantNames,
} from 'sotto';

const options: TranscriberOptions = { model: 'tiny.en', modelBaseUrl: '/models/', threads: 2 };

export async function captions(file: File, signal: AbortSignal): Promise<string> {
  const transcriber: Transcriber = await createTranscriber(options);
  try {
    const onSegment = (segment: Segment) => console.log(segment.start, segment.text);
    const transcript = await transcriber.transcribe(file, {
      signal,
      onSegment,
      timestamps: 'word',
    });
    const first: string | undefined = transcript.segments[0]?.words?.[0]?.word;
    console.log(first);
    return transcript.toSRT({ maxLineWidth: 42 });
  } catch (error) {
    if (error instanceof NetworkError) console.log(error.url, error.status);
    throw error;
  } finally {
    transcriber.close();
  }
}

export async function live(transcriber: Transcriber): Promise<Transcript> {
  const listener: LiveListener = transcriber.listen('microphone');
  listener.addEventListener('health', ({ detail }) => console.log(detail));
  for await (const update of listener) console.log(update.confirmed, update.isFinal);
  return listener.result;
}

export const names: readonly Variant[] = variantNames;

// What is wrong is refused.
// @ts-expect-error: no such option
await transcribe('/a.wav', { unknown: true });
// @ts-expect-error: no such variant
await createTranscriber({ variant: 'avx512' });
// @ts-expect-error: a transcript is no string
export const text: string = await transcribe('/a.wav');

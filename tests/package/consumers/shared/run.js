// What every page does with the package: transcribes the sample, and listens for a moment.
import { createTranscriber } from 'sotto';

async function work(options) {
  const t = await createTranscriber({ model: 'tiny.en', ...options });
  try {
    const { text } = await t.transcribe('/samples/jfk.wav');
    // Silence will do: what matters is that the audio thread and the worker find their files.
    const silence = new AudioContext().createMediaStreamDestination();
    const captions = t.listen(silence.stream);
    await captions.started;
    await captions.stop();
    return { text, variant: t.info.variant, threads: t.info.threads };
  } finally {
    t.close();
  }
}

export async function run(output, options = {}) {
  const told = await work(options).catch((error) => ({ error: `${error.name}: ${error.message}` }));
  output.textContent = JSON.stringify(told);
}

// The package as built in dist/, used from Node.
import { pathToFileURL } from 'node:url';
import { SetupError } from './log.mjs';
import { inRoot } from './paths.mjs';

/** The built package's exports. */
export async function loadPackage() {
  try {
    return await import(pathToFileURL(inRoot('dist/index.js')).href);
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new SetupError(`dist/index.js: ${error.message}`, 'run: npm run build');
  }
}

/**
 * Transcribes one file.
 * @param {{file: string, model: string, variant: string, options?: object}} job
 * @returns {Promise<{transcript: any, info: any}>} a Transcript and the transcriber's info
 */
export async function transcribeFile({ file, model, variant, options }) {
  const { createTranscriber, SottoError } = await loadPackage();
  let transcriber;
  try {
    transcriber = await createTranscriber({ model, variant });
    const transcript = await transcriber.transcribe(file, options);
    return { transcript, info: transcriber.info };
  } catch (error) {
    // The package's own errors say what was expected and what came; a stack adds nothing.
    if (error instanceof SottoError) throw new SetupError(`${error.name}: ${error.message}`);
    throw error;
  } finally {
    await transcriber?.close();
  }
}

/**
 * Times, real-time factor and memory of a transcript, as lines for people.
 * @param {any} transcript
 * @param {any} info
 */
export function describeTimings(transcript, info) {
  const { timings } = transcript;
  const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;
  const rtf = timings.audio_ms > 0 ? (timings.total_ms / timings.audio_ms).toFixed(3) : '-';
  return [
    `variant ${info.variant}, audio ${seconds(timings.audio_ms)}, work ${seconds(timings.total_ms)}, RTF ${rtf}`,
    `load ${seconds(timings.load_ms)}, mel ${seconds(timings.mel_ms)}, ` +
      `encode ${seconds(timings.encode_ms)}, decode ${seconds(timings.decode_ms)}, ` +
      `peak heap ${(timings.peak_heap_bytes / 2 ** 20).toFixed(0)} MB`,
  ];
}

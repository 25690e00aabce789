// transcribe.mjs ENGINE OPTIONS FILE...: the package in Node; a line of JSON with `file` and `text`
// for each file, all by one transcriber. ENGINE and OPTIONS: those of createTranscriber() and of
// transcribe(), as JSON.
import process from 'node:process';
import { loadPackage } from '../lib/engine.mjs';

const [engine, options, ...files] = process.argv.slice(2);
const { createTranscriber } = await loadPackage();
const transcriber = await createTranscriber(JSON.parse(engine));
try {
  for (const file of files) {
    const { text } = await transcriber.transcribe(file, JSON.parse(options));
    process.stdout.write(`${JSON.stringify({ file, text })}\n`);
  }
} finally {
  await transcriber.close();
}

// transcribe.mjs VARIANT WINDOW FILE...: the package in Node; a line of JSON with `file` and `text`
// for each file, all by one transcriber.
import process from 'node:process';
import { kModel, loadPackage } from '../lib/assets.mjs';

const [variant, encoderWindow, ...files] = process.argv.slice(2);
const { createTranscriber } = await loadPackage();
const transcriber = await createTranscriber({ model: kModel, variant });
// The reference was made at temperature 0, each window by itself.
const options = { encoderWindow, temperatures: [0], conditionOnPreviousText: false };
try {
  for (const file of files) {
    const { text } = await transcriber.transcribe(file, options);
    process.stdout.write(`${JSON.stringify({ file, text })}\n`);
  }
} finally {
  await transcriber.close();
}

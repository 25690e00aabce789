import { createTranscriber } from 'sotto';

const [file, modelBaseUrl] = process.argv.slice(2);
const t = await createTranscriber({ model: 'tiny.en', modelBaseUrl });
const { text } = await t.transcribe(file);
t.close();
console.log(text);

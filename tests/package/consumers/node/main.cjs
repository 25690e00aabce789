async function main([file, modelBaseUrl]) {
  const { createTranscriber } = await import('sotto');
  const t = await createTranscriber({ model: 'tiny.en', modelBaseUrl });
  const { text } = await t.transcribe(file);
  t.close();
  console.log(text);
}

main(process.argv.slice(2));

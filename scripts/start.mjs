// npm start [-- --once] [-- --port N]: sets up what is missing, transcribes the sample speech with
// the WebAssembly engine, and serves the demo.
import { parseArgs } from 'node:util';
import { buildAll } from './build.mjs';
import { describeTimings, transcribeFile } from './lib/engine.mjs';
import { runMain, SetupError, step } from './lib/log.mjs';
import { inCache, shown } from './lib/paths.mjs';
import { startServer } from './lib/serve.mjs';
import { setUpModel } from './model.mjs';
import { setUpAll } from './setup.mjs';

const kPort = 8080;

function readArguments() {
  try {
    const { values } = parseArgs({
      options: { once: { type: 'boolean' }, port: { type: 'string', default: String(kPort) } },
    });
    const port = Number(values.port);
    if (Number.isInteger(port) && port > 0 && port < 65536) return { once: values.once, port };
    throw new Error(`--port: expected 1 to 65535, got '${values.port}'`);
  } catch (error) {
    throw new SetupError(error.message, 'usage: npm start [-- --once] [-- --port N]');
  }
}

async function transcribeSample(model) {
  const file = inCache('assets/jfk.wav');
  step('start', `transcribing ${shown(file)}`);
  const { transcript, info } = await transcribeFile({ file, model, variant: 'auto' });
  const lines = [transcript.text.trim(), ...describeTimings(transcript, info)];
  process.stdout.write(`\n${lines.join('\n')}\n\n`);
}

await runMain(async () => {
  const { once, port } = readArguments();
  await setUpAll();
  await buildAll();
  const model = await setUpModel();
  await transcribeSample(model);
  if (once) return;
  const server = await startServer({ port });
  if (server.port !== port) step('start', `port ${port} is taken, so the next free one is used`);
  const address = `http://localhost:${server.port}`;
  process.stdout.write(
    `The demo is at ${address}, live captions at ${address}/live/ (Ctrl+C ends it)\n`,
  );
});

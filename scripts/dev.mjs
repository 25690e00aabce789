// npm run dev: Vite's development server for the file demo, on the engine of dist/.
import { spawn } from 'node:child_process';
import { buildAll } from './build.mjs';
import { runMain } from './lib/log.mjs';
import { inRoot, kRoot } from './lib/paths.mjs';
import { setUpModel } from './model.mjs';

await runMain(async () => {
  await buildAll();
  await setUpModel();
  const vite = inRoot('node_modules/vite/bin/vite.js');
  const args = [vite, 'demos/file', '--host', '127.0.0.1', ...process.argv.slice(2)];
  const child = spawn(process.execPath, args, { cwd: kRoot, stdio: 'inherit' });
  // Ctrl+C reaches both; a signal to this process alone must not leave the server behind.
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill());
  process.exitCode = await new Promise((resolve) => child.on('close', resolve));
});

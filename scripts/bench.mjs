// npm run bench [-- options]: how long every stage and every kernel takes, in Node and in Chromium.
// docs/performance.md says what is measured.
import { runMain } from './lib/log.mjs';
import { setUpNpm } from './npm.mjs';

await runMain(async () => {
  // All the rest uses npm's packages, which a new clone does not have yet.
  await setUpNpm();
  const { main } = await import('./lib/bench/main.mjs');
  await main();
});

// The benchmark in Chromium: the page of demos/bench, served with the headers that threads need.
import path from 'node:path';
import { setUpChromium } from '../../chromium.mjs';
import { launchChromium } from '../browser.mjs';
import { SetupError } from '../log.mjs';
import { startServer } from '../serve.mjs';
import { kBenchDemo } from './dirs.mjs';

/**
 * @param {{audio: string, model: string, options: object}} job
 * @param {(event: any) => void} onEvent
 */
export async function measureInChromium({ audio, model, options }, onEvent) {
  const browser = await launchChromium(await setUpChromium());
  const server = await startServer({
    port: 0,
    isolate: true,
    mounts: [
      ['/models/', path.dirname(model)],
      ['/samples/', path.dirname(audio)],
      ['/', kBenchDemo],
    ],
  });
  try {
    const page = await browser.newPage();
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.exposeFunction('tellBench', onEvent);
    await page.goto(`http://127.0.0.1:${server.port}/`);
    await page.waitForFunction(() => 'sottoBench' in globalThis);
    const job = { clip: path.basename(audio), model: path.basename(model), options };
    const result = await page.evaluate((job) => {
      const { sottoBench, tellBench } = /** @type {any} */ (globalThis);
      return sottoBench.measure(job, tellBench);
    }, job);
    if (complaints.length > 0) throw new SetupError(`the page failed: ${complaints.join('; ')}`);
    // The page does not know who drives it.
    return { ...result, where: 'chromium' };
  } finally {
    await browser.close();
    await server.close();
  }
}

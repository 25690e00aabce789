// A WebAssembly variant, from end to end: the package in a page of Chromium.
import path from 'node:path';
import { kDist } from '../bench/dirs.mjs';
import { launchChromium } from '../browser.mjs';
import { inRoot } from '../paths.mjs';
import { startServer } from '../serve.mjs';

/**
 * Runs `work` with a page that holds the package as `sotto`.
 * @param {{audio: string, model: string, isolated: boolean, executable: string}} job
 * @param {(page: any) => Promise<any>} work
 */
async function withPage({ audio, model, isolated, executable }, work) {
  const server = await startServer({
    port: 0,
    isolate: isolated,
    mounts: [
      ['/lib/sotto/', kDist],
      ['/models/', path.dirname(model)],
      ['/samples/', path.dirname(audio)],
      ['/', inRoot('tests/browser/pages')],
    ],
  });
  const browser = await launchChromium(executable);
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.port}/`);
    await page.waitForFunction(() => 'sotto' in globalThis);
    return await work(page);
  } finally {
    await browser.close();
    await server.close();
  }
}

// In the page: a transcriber stays there between the calls.
async function open({ variant, model, threads }) {
  const page = /** @type {any} */ (globalThis);
  try {
    await page.sotto.pickVariant(variant);
  } catch (error) {
    return { skipped: error.message };
  }
  page.transcriber = await page.sotto.createTranscriber({ variant, model, threads });
  return { info: page.transcriber.info };
}

async function transcribe({ audio }) {
  const page = /** @type {any} */ (globalThis);
  const start_ms = performance.now();
  const transcript = await page.transcriber.transcribe(audio);
  return { ...transcript.toJSON(), wall_ms: performance.now() - start_ms };
}

/**
 * @param {{variant: string, audio: string, model: string, isolated: boolean, executable: string}} job
 * @returns {Promise<{runs?: any[], skipped?: string, about?: string, info?: any}>}
 */
export function runInChromium(job, isEnough) {
  return withPage(job, async (page) => {
    const model = `./models/${encodeURIComponent(path.basename(job.model))}`;
    const request = { variant: job.variant, model, threads: 'auto' };
    const { skipped, info } = await page.evaluate(open, request);
    if (skipped) return { skipped };
    const runs = [];
    do {
      const audio = `./samples/${encodeURIComponent(path.basename(job.audio))}`;
      runs.push(await page.evaluate(transcribe, { audio }));
    } while (!isEnough(runs));
    const threads = `${info.threads} thread${info.threads > 1 ? 's' : ''}`;
    const about = `${threads}, int8 product ${info.dotFlavour}, isolated ${job.isolated ? 'yes' : 'no'}`;
    return { runs, about, info };
  });
}

// replay.mjs JOB: plays recordings to live sessions of the module in this Node, faster than they
// last: the clock goes with the audio, and stands still for nothing but a pass, by what that took. A
// line of JSON for each update of what is shown, and one at the end of each recording and policy.
// JOB: a file of JSON, { variant, model, vad, language, options, policies, recordings, rounds,
// block_ms, pass_ms, chromium }; a recording is a list of WAV files at one rate and silences in
// seconds, and is played `rounds` times without a break; offline it is heard where that is once.
// With `pass_ms`, each pass takes as long for the clock, whatever the machine does meanwhile. With
// `chromium`, the path of a browser, recordings are played by its microphone instead, as long as
// they last.
import fs from 'node:fs';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { playInChromium } from '../lib/live/microphone.mjs';
import { transcribeWhole, WindowSession } from '../lib/live/offline.mjs';
import { fileSource, joinFiles, unwrap } from '../lib/live/raw.mjs';
import { inRoot } from '../lib/paths.mjs';

// Node's types leave it to those of browsers.
const { WebAssembly } = /** @type {any} */ (globalThis);

// Of the package itself; Node takes the types off.
const { Phrases } = await import(pathToFileURL(inRoot('web/phrases.ts')).href);

/** Milliseconds for which processors worked for this process: what else runs takes no part. */
function cpu_ms() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const job = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

async function startModule(variant) {
  const glue = pathToFileURL(inRoot(`build/wasm/${variant}/sotto-${variant}.mjs`)).href;
  const { default: createModule } = await import(glue);
  const bytes = fs.readFileSync(new URL(glue.replace(/mjs$/, 'wasm')));
  const compiled = new WebAssembly.Module(bytes);
  return createModule({
    instantiateWasm(imports, receive) {
      const instance = new WebAssembly.Instance(compiled, imports);
      receive(instance, compiled);
      return instance.exports;
    },
  });
}

/**
 * One recording to one session, some times; the time of each pass is measured as it happens.
 * @returns {number[]} what each round took, in milliseconds
 */
function play(session, { samples: once, rate_hz }, show) {
  const samples = repeat(once, job.rounds);
  const block = Math.round((job.block_ms / 1000) * rate_hz);
  const ms = (sample) => (sample / rate_hz) * 1000;
  let at = 0;
  let clock_ms = 0;
  const busy_ms = new Array(job.rounds).fill(0);
  const timed = (work) => {
    const begin_ms = cpu_ms();
    const update = unwrap(work());
    const took_ms = cpu_ms() - begin_ms;
    busy_ms[Math.min(Math.floor(at / once.length), job.rounds - 1)] += took_ms;
    return [update, job.pass_ms ?? took_ms];
  };
  while (at < samples.length) {
    let end = Math.min(at + block, samples.length);
    for (; at < samples.length && ms(end) <= clock_ms; end = Math.min(at + block, samples.length)) {
      timed(() => session.push(samples.subarray(at, end), rate_hz));
      at = end;
    }
    if (at >= samples.length) break;
    const [update, took_ms] = timed(() => session.step(clock_ms));
    const shown_ms = clock_ms + (update.ran ? took_ms : 0);
    show(shown_ms, update);
    clock_ms = update.ran ? shown_ms : Math.max(ms(end), clock_ms);
  }
  const [update, took_ms] = timed(() => session.finish(clock_ms));
  show(clock_ms + took_ms, { ...update, utteranceEnded: true, tentative: '' });
  return busy_ms;
}

function repeat(samples, rounds) {
  const all = new Float32Array(rounds * samples.length);
  for (let i = 0; i < rounds; i += 1) all.set(samples, i * samples.length);
  return all;
}

// The engine's clock, by which a session sets its pace: with a given time it stands still, and no
// pass is too slow.
if (!job.chromium) globalThis.performance.now = job.pass_ms === null ? cpu_ms : () => 0;
const module = await startModule(job.variant);
const engine = unwrap(module.Engine.load(fileSource(job.model), { precision: 'auto' }));
unwrap(engine.loadVad(fileSource(job.vad)));

const createSession = (policy) =>
  policy === 'window'
    ? new WindowSession(engine, job.language)
    : unwrap(engine.createLiveSession({ ...job.options, policy, language: job.language }));

/** A policy in this Node; what is shown is put together as the package does it for pages. */
function replay(audio, policy, show) {
  const session = createSession(policy);
  const before_bytes = module.heapBytes();
  const phrases = new Phrases();
  const passes_ms = [];
  const rounds_ms = play(session, audio, (shown_ms, update) => {
    for (const shown of phrases.take(update)) show({ shown_ms, ...shown });
    if (update.ran) passes_ms.push(job.pass_ms ?? update.passMs);
  });
  session.delete();
  const text = phrases.segments().map((segment) => segment.text);
  return { rounds_ms, passes_ms, text, heap_growth_bytes: module.heapBytes() - before_bytes };
}

for (const [recording, parts] of job.recordings.entries()) {
  const audio = joinFiles(module, parts);
  if (job.rounds === 1) {
    say({ recording, offline: transcribeWhole(engine, audio, job.language) });
  }
  for (const policy of job.policies) {
    const show = (update) => say({ recording, policy, ...update });
    const totals = job.chromium
      ? await playInChromium(job, policy, audio, show)
      : replay(audio, policy, show);
    const audio_ms = (audio.samples.length / audio.rate_hz) * 1000;
    say({ recording, policy, audio_ms, spans: audio.spans, ...totals });
  }
}
engine.delete();

// examples/ray on a cluster of this machine, whose workers are killed while they work.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { kSotto, sotto } from '../cli/sotto.mjs';
import { jfkSamples, kModel, kModels, kRoot } from '../lib/assets.mjs';
import { makeWav } from '../lib/wav.mjs';

const kPython = process.env.SOTTO_RAY_PYTHON ?? path.join(kRoot, '.cache/venv-ray/bin/python3');
const kScript = path.join(kRoot, 'examples/ray/transcribe_corpus.py');
const kClips = 200;
// Speech takes thirty times as long as silence, which is not encoded.
const kSpeechEvery = 8;
const kOptions = [
  ...['--model', kModel, '--vad-model', path.join(kModels, 'silero_vad_16k.safetensors')],
  ...['--max-new-tokens', '8'],
];

// Short, because sockets that Ray makes in it may not have long names.
const folder = mkdtempSync(path.join(os.tmpdir(), 'ray-'));
const manifest = path.join(folder, 'clips.jsonl');
const result = path.join(folder, 'result.jsonl');
let child = null;

after(() => {
  child?.kill();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

// Clips no two of which are of the same length, so that each result tells whose it is; and a file
// that is not there.
const clips = Array.from({ length: kClips }, (_, id) => ({ file: `${id}.wav`, id }));
const missing = { file: 'missing.wav', id: kClips };

before(() => {
  const speech = jfkSamples();
  const longest = 16000 + kClips * 32;
  for (const { file, id } of clips) {
    const length = 16000 + id * 32;
    const start = Math.floor(((speech.length - longest) * id) / kClips);
    const spoken = id % kSpeechEvery === 0;
    const samples = spoken ? speech.subarray(start, start + length) : new Float32Array(length);
    writeFileSync(path.join(folder, file), makeWav(samples));
  }
  const lines = [...clips, missing].map((clip) => `${JSON.stringify(clip)}\n`);
  writeFileSync(manifest, lines.join(''));
});

/** Processes that came of this one, `pid` and `parent` with their names. */
function descendants(root) {
  const found = [];
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const [, name, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').match(
          /\((.*)\) . (\d+)/,
        );
        return [{ pid: Number(pid), name, parent: Number(parent) }];
      } catch {
        return []; // ended meanwhile
      }
    });
  const parents = [root];
  for (let parent = parents.pop(); parent; parent = parents.pop()) {
    const children = all.filter((one) => one.parent === parent);
    found.push(...children);
    parents.push(...children.map(({ pid }) => pid));
  }
  return found;
}

/** An engine of the cluster, whose parent is the worker that feeds it. */
const findEngine = () => descendants(child.pid).find(({ name }) => name === 'sotto');

const lines = () => readFileSync(result, 'utf8').split('\n').slice(0, -1);

/** Runs the example; `whileRunning` is called every now and then. */
async function transcribeCorpus(whileRunning) {
  const args = [kScript, manifest, result, '--sotto', kSotto, '--', ...kOptions];
  // What Ray keeps in the user's home goes with the folder.
  const env = { ...process.env, RAY_TMPDIR: folder, HOME: folder, RAY_ADDRESS: '' };
  child = spawn(kPython, args, { env, cwd: folder });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  const ended = new Promise((resolve) => child.on('close', resolve));
  let running = true;
  ended.then(() => {
    running = false;
  });
  while (running) {
    whileRunning?.();
    await Promise.race([ended, sleep(100)]);
  }
  return { code: await ended, output };
}

test('every clip once, as one process alone says it, though a worker and an engine are killed', {
  timeout: 300_000,
}, async (t) => {
  // The script makes paths absolute.
  const given = [...clips, missing].map((clip) => ({
    ...clip,
    path: path.join(folder, clip.file),
  }));
  const stdin = Buffer.from(given.map((clip) => `${JSON.stringify(clip)}\n`).join(''));
  const args = ['transcribe', '--jsonl', '--threads', '2', ...kOptions];
  const alone = (await sotto(args, { stdin })).stdout.split('\n').slice(0, -1);
  // What an earlier run left: one that is done, one that failed, one that it broke off.
  const failed = JSON.stringify({ input: given[1], error: { name: 'Io', message: 'no' } });
  writeFileSync(result, `${alone[0]}\n${failed}\n${alone[2].slice(0, 50)}`);

  const kills = [
    { after: 30, whom: 'worker', pid: (engine) => engine.parent },
    { after: 90, whom: 'engine', pid: (engine) => engine.pid },
  ];
  const killed = [];
  const start_ms = performance.now();
  const { code, output } = await transcribeCorpus(() => {
    const done = lines().length;
    if (!kills[0] || done < kills[0].after) return;
    const engine = findEngine();
    if (!engine) return;
    const { whom, pid } = kills.shift();
    process.kill(pid(engine), 'SIGKILL');
    killed.push(whom);
    assert.ok(done < kClips - 30, 'too late to be in the midst of it');
  });
  t.diagnostic(`${((performance.now() - start_ms) / 1000).toFixed(1)} s on the cluster`);
  assert.deepEqual(killed, ['worker', 'engine'], output);
  assert.equal(code, 1, output); // for the file that is missing
  assert.match(output, /200 clips to transcribe, 1 done before/);
  assert.match(output, /199 transcribed, 1 failed/);

  const answer = (line) => {
    const { timings, ...rest } = JSON.parse(line);
    return { ...rest, audio_ms: timings?.audio_ms };
  };
  const byId = (a, b) => a.input.id - b.input.id;
  const answers = lines().map(answer).sort(byId);
  assert.equal(answers.length, kClips + 1);
  assert.deepEqual(answers, alone.map(answer));
  assert.equal(new Set(answers.map(({ audio_ms }) => audio_ms)).size, kClips + 1);
  assert.ok(answers.filter(({ text }) => text).length > kClips / kSpeechEvery / 2);
  assert.equal(answers.at(-1).error.name, 'Io');
});

// sotto transcribe --jsonl: files named on standard input, a line of JSON for each.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import readline from 'node:readline';
import { after, test } from 'node:test';
import { jfkSamples, kJfk, kJfkText, kModel, kRoot } from '../lib/assets.mjs';
import { makeWav } from '../lib/wav.mjs';
import { kSotto, sotto, temporaryFolder, transcribe } from './sotto.mjs';

const folder = temporaryFolder();
after(folder.remove);

const silence = folder.file('silence.wav');
const part = folder.file('part.wav');
writeFileSync(silence, makeWav(new Float32Array(16000)));
writeFileSync(part, makeWav(jfkSamples().subarray(0, 2 * 16000)));
const missing = folder.file('missing.wav');

const kList = ['transcribe', '-m', kModel, '--jsonl'];

async function listed(stdin, ...args) {
  const { code, stdout, stderr } = await sotto([...kList, ...args], { stdin: Buffer.from(stdin) });
  assert.equal(stderr, '');
  assert.match(stdout, /^$|\n$/);
  const lines = stdout.split('\n').slice(0, -1);
  return { code, lines: lines.map((line) => JSON.parse(line)) };
}

const withoutTimings = ({ timings, ...rest }) => {
  assert.ok(timings.total_ms >= 0);
  return rest;
};

test('each line is what --json says of the file alone', async () => {
  const { code, lines } = await listed(`${kJfk}\n${silence}\r\n\n${part}`);
  assert.equal(code, 0);
  assert.equal(lines.length, 3);
  assert.match(lines[0].text, kJfkText);
  assert.deepEqual(lines[1].segments, []);
  for (const [index, file] of [kJfk, silence, part].entries()) {
    const alone = JSON.parse(await transcribe([file, '--json']));
    assert.deepEqual(withoutTimings(lines[index]), withoutTimings(alone));
  }
});

test('options hold for every file', async () => {
  const args = ['--timestamps', 'none', '--max-new-tokens', '3', '--word-cues'];
  const { lines } = await listed(`${kJfk}\n${part}\n`, ...args);
  assert.deepEqual(
    lines.map(({ segments }) => segments[0].tokens.length),
    [3, 3],
  );
});

test('objects come back with their result', async () => {
  const clip = { path: silence, id: 7, text: 'what was said' };
  const { code, lines } = await listed(
    `${JSON.stringify(clip)}\n${JSON.stringify({ file: missing, id: 8 })}\n`,
  );
  assert.equal(code, 1);
  assert.equal(lines[0].file, silence);
  assert.equal(lines[0].text, '');
  assert.deepEqual(lines[0].input, clip);
  assert.equal(lines[1].error.name, 'Io');
  assert.deepEqual(lines[1].input, { file: missing, id: 8 });
});

test('what fails has a line that says why, and the rest goes on', async () => {
  const bad = folder.file('bad.wav');
  writeFileSync(bad, 'no sound at all, but long enough to be looked at');
  const rubbish = [missing, bad, '{"path":', '{"id": 1}', '-', '\0'.repeat(5), 'x'.repeat(2 ** 21)];
  const bytes = Buffer.from([0xff, 0xc3, 0x0a]);
  const stdin = Buffer.concat([Buffer.from(`${rubbish.join('\n')}\n`), bytes, Buffer.from(part)]);
  const { code, lines } = await listed(stdin);
  assert.equal(code, 1);
  assert.deepEqual(
    lines.slice(0, -1).map(({ file, error }) => [file, error.name]),
    [
      [missing, 'Io'],
      [bad, 'BadFormat'],
      ...Array.from({ length: 5 }, () => [null, 'BadFormat']),
      ['\ufffd\ufffd', 'Io'],
    ],
  );
  for (const [index, { error }] of lines.slice(2, 7).entries()) {
    assert.match(error.message, new RegExp(`^line ${index + 3}: `));
  }
  assert.match(lines.at(-1).text, /^And so/);
});

test('no names, no lines', async () => {
  assert.deepEqual(await listed(''), { code: 0, lines: [] });
  assert.deepEqual(await listed('\n\n'), { code: 0, lines: [] });
});

test('answers each line before the next one is written', async () => {
  const child = spawn(kSotto, kList, { cwd: kRoot, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.on('close', resolve));
  const answers = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  for (const file of [part, missing, silence]) {
    child.stdin.write(`${file}\n`);
    assert.equal(JSON.parse((await answers.next()).value).file, file);
  }
  child.stdin.end();
  assert.equal(await ended, 1);
});

// A line of bash in which "$@" is the command.
function bash(script) {
  return new Promise((resolve) => {
    const child = spawn('bash', ['-c', script, 'bash', kSotto, ...kList], { cwd: kRoot });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    child.on('close', (code) => resolve({ code, stderr }));
  });
}

test('stops where nobody reads its lines', async () => {
  const list = folder.file('list.txt');
  writeFileSync(list, `${silence}\n`.repeat(500));
  const run = `"$@" < ${list}; echo "exit $?" >&2`;
  // By the signal of a broken pipe, or by the error where it is ignored.
  assert.deepEqual(await bash(`{ ${run}; } | :`), { code: 0, stderr: 'exit 141\n' });
  const { stderr } = await bash(`{ trap '' PIPE; ${run}; } | :`);
  assert.match(stderr, /^sotto: standard output: [^\n]+\nexit 1\n$/);
});

test('a full disk', { skip: existsSync('/dev/full') ? false : 'needs /dev/full' }, async () => {
  const { code, stderr } = await bash(`echo ${silence} | "$@" > /dev/full`);
  assert.equal(code, 1);
  assert.match(stderr, /^sotto: standard output: [^\n]+\n$/);
});

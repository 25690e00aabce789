// npm run transcribe, as a user or a script calls it.
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { run } from '../../scripts/lib/exec.mjs';
import { kJfk, kJfkText, kModel } from '../lib/assets.mjs';

const kScript = path.resolve(import.meta.dirname, '../../scripts/transcribe.mjs');
let dir = '';

before(async () => {
  dir = await fs.mkdtemp(path.join(os.tmpdir(), 'sotto-transcribe-'));
});
after(() => fs.rm(dir, { recursive: true, force: true }));

const transcribe = (...args) =>
  run(process.execPath, [kScript, ...args], { check: false, env: { INIT_CWD: dir } });

test('--json prints one object and nothing else on stdout', async () => {
  const { code, stdout, stderr } = await transcribe(kJfk, '--json');
  assert.equal(code, 0, stderr);
  const result = JSON.parse(stdout);
  assert.match(result.text.trim(), kJfkText);
  assert.ok(result.segments.length > 0);
  for (const segment of result.segments) {
    assert.ok(segment.start >= 0 && segment.end > segment.start && segment.end <= 11.1);
  }
  assert.equal(
    result.segments
      .map(({ text }) => text)
      .join('')
      .trim(),
    result.text.trim(),
  );
  for (const name of ['load_ms', 'mel_ms', 'encode_ms', 'decode_ms', 'total_ms']) {
    assert.ok(result.timings[name] > 0, name);
  }
  assert.ok(result.timings.peak_heap_bytes > 1e6);
});

test('a variant, a model and a trace file can be named; paths are relative to the caller', async () => {
  await fs.copyFile(kJfk, path.join(dir, 'speech.wav'));
  const args = ['speech.wav', '--variant', 'simd128', '--model', kModel, '--trace', 'out.json'];
  const { code, stdout, stderr } = await transcribe(...args);
  assert.equal(code, 0, stderr);
  assert.match(stdout.trim(), kJfkText);
  assert.match(stderr, /variant simd128.*RTF 0?\d*\.\d+/);
  assert.match(stderr, /load .*mel .*encode .*decode .*peak heap \d+ MB/);
  const trace = JSON.parse(await fs.readFile(path.join(dir, 'out.json'), 'utf8'));
  const names = new Set(trace.traceEvents.map(({ name }) => name));
  for (const stage of ['load', 'mel']) assert.ok(names.has(stage), [...names].join());
  assert.ok(trace.traceEvents.length > 20);
});

test('--srt and --vtt print subtitles', async () => {
  const srt = await transcribe(kJfk, '--srt');
  assert.match(srt.stdout, /^1\n00:00:0\d,\d{3} --> 00:00:\d\d,\d{3}\n/);
  const vtt = await transcribe(kJfk, '--vtt', '--timestamps', 'none');
  assert.match(vtt.stdout, /^WEBVTT\n\n00:00:0\d\.\d{3} --> /);
});

test('wrong arguments are named, with what would be right, and nothing on stdout', async () => {
  const calls = [
    [[], /expected one FILE, got 0/],
    [[kJfk, kJfk], /expected one FILE, got 2/],
    [['missing.wav'], /missing\.wav: no such file/],
    [[kJfk, '--variant', 'mmx'], /unknown variant 'mmx'[\s\S]*simd128/],
    [[kJfk, '--json', '--srt'], /expected one of --json, --srt, --vtt/],
    [[kJfk, '--loud'], /--loud/],
    [[kJfk, '--timestamps', 'never'], /timestamps[\s\S]*never/],
    [[kJfk, '--model', 'missing.sotto'], /missing\.sotto/],
    [[kScript], /WAV|RIFF/i],
  ];
  for (const [args, message] of calls) {
    const { code, stdout, stderr } = await transcribe(...args);
    assert.equal(code, 1, args.join(' '));
    assert.equal(stdout, '', args.join(' '));
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /^\s+at /m, 'no stack for a mistake of the caller');
  }
});

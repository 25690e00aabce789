// What sotto transcribe writes, and where.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { kJfk, kJfkText, kModel } from '../lib/assets.mjs';
import { makeWav } from '../lib/wav.mjs';
import { joined, sotto, temporaryFolder, transcribe } from './sotto.mjs';

const folder = temporaryFolder();
after(folder.remove);

describe('formats', () => {
  test('text, a line a segment', async () => {
    assert.match(joined(await transcribe([kJfk])), kJfkText);
  });

  test('SRT and WebVTT', async () => {
    const srt = await transcribe([kJfk, '--srt']);
    assert.match(srt, /^1\n00:00:00,000 --> 00:00:\d\d,\d{3}\nAnd so/);
    const vtt = await transcribe([kJfk, '--vtt']);
    assert.match(vtt, /^WEBVTT\n\n00:00:00\.000 --> 00:00:\d\d\.\d{3}\nAnd so/);
  });

  test('TSV and LRC', async () => {
    assert.match(await transcribe([kJfk, '--tsv']), /^start\tend\ttext\n0\t\d{4,5}\tAnd so/);
    assert.match(await transcribe([kJfk, '--lrc']), /^\[00:00\.00\]And so/);
  });

  test('captions fit the lines and the time that they have', async () => {
    const bounds = ['--max-line-width', '20', '--max-line-count', '2', '--max-caption-s', '3'];
    const srt = await transcribe([kJfk, '--srt', ...bounds]);
    const cues = srt.trimEnd().split('\n\n');
    assert.ok(cues.length >= 4);
    for (const cue of cues) {
      const [, times, ...lines] = cue.split('\n');
      assert.ok(lines.length <= 2 && lines.every((line) => line.length <= 20), cue);
      const [start, end] = times
        .split(' --> ')
        .map((time) => Date.parse(`1970-01-01T${time.replace(',', '.')}Z`));
      assert.ok(end > start && end - start <= 3001, cue);
    }
    const text = cues.flatMap((cue) => cue.split('\n').slice(2)).join(' ');
    assert.match(text, kJfkText);
  });

  test('JSON holds text, segments in order and the time of each stage', async () => {
    const object = JSON.parse(await transcribe([kJfk, '--json']));
    assert.match(object.text, kJfkText);
    assert.equal(object.language, 'en');
    let last = 0;
    for (const segment of object.segments) {
      assert.ok(segment.start >= last && segment.end >= segment.start && segment.end <= 11.5);
      last = segment.end;
    }
    assert.equal(
      object.segments
        .map(({ text }) => text)
        .join('')
        .trim(),
      object.text,
    );
    for (const key of ['load_ms', 'mel_ms', 'encode_ms', 'decode_ms', 'total_ms']) {
      assert.ok(object.timings[key] > 0, key);
    }
    assert.equal(object.timings.audio_ms, 11000);
    assert.equal(object.timings.windows, 1);
    assert.ok(object.timings.peak_heap_bytes > 1e7);
  });

  test('JSON Lines: a line a segment and one for the file', async () => {
    const text = await transcribe([kJfk, '--jsonl']);
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const end = lines.pop();
    assert.match(
      lines
        .map((line) => line.text)
        .join('')
        .trim(),
      kJfkText,
    );
    assert.ok(lines.every((line) => line.file === kJfk));
    assert.equal(end.timings.windows, 1);
  });

  test('without timestamps the window is one segment', async () => {
    const object = JSON.parse(await transcribe([kJfk, '--timestamps', 'none', '--json']));
    assert.equal(object.segments.length, 1);
    assert.match(object.text, kJfkText);
  });
});

describe('files', () => {
  const silence = folder.file('silence.wav');
  writeFileSync(silence, makeWav(new Float32Array(16000)));

  test('--output-dir writes every format asked for under the name of the sound', async () => {
    const out = folder.file('out', 'deep');
    const stdout = await transcribe([
      kJfk,
      '-o',
      out,
      '--text',
      '--srt',
      '--vtt',
      '--json',
      '--jsonl',
    ]);
    assert.equal(stdout, '');
    assert.deepEqual(readdirSync(out).sort(), [
      'jfk.json',
      'jfk.jsonl',
      'jfk.srt',
      'jfk.txt',
      'jfk.vtt',
    ]);
    const object = JSON.parse(readFileSync(`${out}/jfk.json`, 'utf8'));
    assert.equal(joined(readFileSync(`${out}/jfk.txt`, 'utf8')), joined(object.text));
  });

  test('a WAV on standard input', async () => {
    assert.match(joined(await transcribe(['-'], { stdin: readFileSync(kJfk) })), kJfkText);
  });

  test('several on one engine: an array, the one that fails left out and reported', async () => {
    const missing = folder.file('missing.wav');
    const args = ['transcribe', '-m', kModel, '--json', kJfk, missing, silence];
    const { code, stdout, stderr } = await sotto(args);
    assert.equal(code, 1);
    assert.match(stderr, /^sotto: [^\n]*missing\.wav: [^\n]+\n$/);
    const [first, second] = JSON.parse(stdout);
    assert.match(first.text, kJfkText);
    assert.equal(second.file, silence);
    assert.equal(second.timings.audio_ms, 1000);
  });

  test('sound files that are damaged, empty or no sound', async () => {
    const wav = readFileSync(kJfk);
    const damaged = {
      'empty.wav': Buffer.alloc(0),
      'text.wav': Buffer.from('no sound at all, but long enough to be looked at'),
      'header.wav': wav.subarray(0, 20),
      'model.wav': readFileSync(kModel).subarray(0, 10000),
    };
    for (const [name, bytes] of Object.entries(damaged)) {
      writeFileSync(folder.file(name), bytes);
      const { code, stdout, stderr } = await sotto(['transcribe', '-m', kModel, folder.file(name)]);
      assert.equal(code, 1, name);
      assert.equal(stdout, '', name);
      assert.match(stderr, new RegExp(`^sotto: [^\\n]*${name}: [^\\n]+\\n$`));
    }
  });

  test('no samples, no text', async () => {
    const empty = folder.file('none.wav');
    writeFileSync(empty, makeWav([]));
    const object = JSON.parse(await transcribe([empty, '--json']));
    assert.equal(object.text, '');
    assert.deepEqual(object.segments, []);
  });

  test('a folder that cannot be written to', async () => {
    const blocker = folder.file('blocker');
    writeFileSync(blocker, '');
    const { code, stderr } = await sotto(['transcribe', '-m', kModel, kJfk, '-o', blocker]);
    assert.equal(code, 1);
    assert.match(stderr, /^sotto: [^\n]*blocker[^\n]*\n$/);
  });
});

// sotto transcribe on the sample speech.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { jfkSamples, kJfk, kJfkText, kModel, kRoot } from '../lib/assets.mjs';
import { makeWav } from '../lib/wav.mjs';
import { sotto, temporaryFolder } from './sotto.mjs';

const folder = temporaryFolder();
after(folder.remove);

async function transcribe(args, options) {
  const result = await sotto(['transcribe', '--model', kModel, ...args], options);
  assert.equal(result.code, 0, result.stderr);
  assert.equal(result.stderr, '');
  return result.stdout;
}

const joined = (text) => text.trim().replace(/\s+/g, ' ');

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

describe('silence', () => {
  const late = folder.file('late.wav');
  const rumble = folder.file('rumble.wav');
  const kLateS = 8;
  const samples = jfkSamples();
  const delayed = new Float32Array(kLateS * 16000 + samples.length);
  delayed.set(samples, kLateS * 16000);
  writeFileSync(late, makeWav(delayed));
  // Noise that falls by 6 dB an octave, drawn by a linear congruential generator.
  let state = 1;
  let level = 0;
  const noise = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    level = 0.9 * level + 0.1 * (state / 2 ** 31 - 1);
    return level;
  };
  writeFileSync(rumble, makeWav(Float32Array.from({ length: 20 * 16000 }, noise)));

  test('gives no text, and speech behind it begins where it does', async () => {
    assert.equal(await transcribe([rumble]), '');
    for (const args of [[], ['--vad']]) {
      const { text, segments, timings } = JSON.parse(await transcribe([late, '--json', ...args]));
      assert.match(text, kJfkText);
      assert.ok(segments[0].start > kLateS - 0.6 && segments[0].start < kLateS + 0.6, `${args}`);
      assert.equal(timings.audio_ms, (kLateS + 11) * 1000);
      assert.ok(timings.vad_ms > 0);
    }
  });

  test('--no-vad leaves it to the model', async () => {
    const { timings, segments } = JSON.parse(await transcribe([late, '--json', '--no-vad']));
    assert.equal(timings.vad_ms, 0);
    assert.ok(segments[0].start < 1);
  });

  test('--vad-* decide what is silence', async () => {
    // Not even JFK is that sure to speak for a whole minute.
    const args = ['--vad', '--vad-threshold', '0.9', '--vad-min-speech-ms', '60000'];
    assert.equal(await transcribe([kJfk, ...args]), '');
    const bad = await sotto(['transcribe', '-m', kModel, '--vad-threshold', '2', kJfk]);
    assert.equal(bad.code, 2);
    assert.match(bad.stderr, /threshold: expected/);
  });

  test('--clip-timestamps: what is said there only', async () => {
    const args = ['--clip-timestamps', '7.9,11', '--json', '--no-vad'];
    const { text, segments } = JSON.parse(await transcribe([kJfk, ...args]));
    assert.match(text, /^Ask what you can do for your country\.?$/i);
    assert.ok(segments[0].start >= 7.9);
    const bad = await sotto(['transcribe', '-m', kModel, '--clip-timestamps', '3,2', kJfk]);
    assert.equal(bad.code, 2);
    assert.match(bad.stderr, /clip_timestamps: expected/);
  });

  test('weights that are not there, or none', async () => {
    for (const name of ['missing.safetensors', path.basename(late)]) {
      const args = ['--vad-model', folder.file(name), kJfk];
      const { code, stderr } = await sotto(['transcribe', '-m', kModel, ...args]);
      assert.equal(code, 1);
      assert.match(stderr, new RegExp(`^sotto: [^\n]*${name}: [^\n]+\n$`));
    }
  });
});

describe('the model', () => {
  test('comes from SOTTO_MODEL or --model', async () => {
    const env = { SOTTO_MODEL: folder.file('from-environment.sotto') };
    const { code, stderr } = await sotto(['transcribe', kJfk], { env });
    assert.equal(code, 1);
    assert.match(stderr, /from-environment\.sotto/);
    assert.match(joined(await transcribe([kJfk], { env })), kJfkText);
  });

  test('damaged: one line that names the file and what is wrong', async () => {
    const bytes = readFileSync(kModel);
    const damaged = folder.file('damaged.sotto');
    for (const [at, words] of [
      [20, /expected/],
      [300, /checksum of the header/],
      [bytes.length - 1000, /checksum of the data/],
    ]) {
      bytes[at] ^= 1;
      writeFileSync(damaged, bytes);
      bytes[at] ^= 1;
      const { code, stdout, stderr } = await sotto(['transcribe', '-m', damaged, kJfk]);
      assert.equal(code, 1);
      assert.equal(stdout, '');
      assert.match(stderr, words);
      assert.match(stderr, /^sotto: [^\n]*damaged\.sotto: [^\n]+\n$/);
    }
  });

  test('--threads changes nothing of what is said, not even its probability', async () => {
    const alone = await transcribe([kJfk, '--json']);
    const { timings, ...said } = JSON.parse(alone);
    for (const threads of ['2', '5']) {
      const shared = await transcribe([kJfk, '--json', '--threads', threads]);
      const { timings: others, ...same } = JSON.parse(shared);
      assert.deepEqual(same, said);
      assert.notDeepEqual(others, timings);
    }
  });

  test('--precision f32 says the same', async () => {
    assert.match(joined(await transcribe([kJfk, '--precision', 'f32'])), kJfkText);
  });
});

describe('decoding', () => {
  const segments = async (...args) =>
    JSON.parse(await transcribe([kJfk, '--json', ...args])).segments;

  test('beams, and a temperature of its own seed', async () => {
    const greedy = await segments();
    const beams = await segments('--beam-size', '5');
    assert.match(joined(beams.map(({ text }) => text).join('')), kJfkText);
    assert.ok(beams[0].avg_logprob > greedy[0].avg_logprob);
    const warm = ['--temperatures', '0.8', '--best-of', '2', '--seed'];
    const first = await segments(...warm, '1');
    assert.ok(first.every(({ temperature }) => Math.abs(temperature - 0.8) < 1e-6));
    assert.deepEqual(await segments(...warm, '1'), first);
    assert.notDeepEqual(await segments(...warm, '2'), first);
  });

  test('prompts and rules', async () => {
    const prompted = await segments('--initial-prompt', 'and so my fellow americans');
    assert.match(prompted[0].text, /^ and so my fellow americans/);
    const begun = await segments('--prefix', 'And so my dear Americans');
    assert.match(begun[0].text, /^ And so my dear Americans/);
    const said = prompted.flatMap(({ tokens }) => tokens);
    assert.ok(new Set(said).size < said.length);
    const once = await segments('--no-repeat-ngram-size', '1', '--timestamps', 'none');
    assert.equal(new Set(once[0].tokens).size, once[0].tokens.length);
    const lists = ['--temperatures', '0,0.5', '--suppress-tokens', '-1,11'];
    // Lists end at their last comma: what follows is a file.
    assert.match(joined(await transcribe([...lists, kJfk])), kJfkText);
    const [short] = await segments('--max-new-tokens', '3', '--timestamps', 'none');
    assert.equal(short.tokens.length, 3);
  });
});

// Spanish, which makes a model for English say one phrase over and over.
const kLoop = path.join(kRoot, '../shared/eval/wav/aeneas-es.wav');
const kLoop_bytes = 44 + 2 * 16000 * 30;

test('a loop is left at a higher temperature', {
  skip: existsSync(kLoop) ? false : 'needs ../shared/eval',
}, async () => {
  // The first window of it.
  const wav = folder.file('loop.wav');
  const samples = new Int16Array(readFileSync(kLoop).buffer.slice(44, kLoop_bytes));
  writeFileSync(wav, makeWav(Float32Array.from(samples, (value) => value / 32768)));
  const ratios = async (...args) => {
    const { segments } = JSON.parse(await transcribe([wav, '--json', ...args]));
    assert.ok(segments.length > 0);
    return segments.map(({ compression_ratio }) => compression_ratio);
  };
  assert.ok(Math.max(...(await ratios('--temperatures', '0'))) > 2.4);
  assert.ok(Math.max(...(await ratios())) <= 2.4);
});

test('--trace writes a Chrome trace of the stages', async () => {
  const trace = folder.file('trace.json');
  await transcribe([kJfk, '--trace', trace]);
  const { traceEvents } = JSON.parse(readFileSync(trace, 'utf8'));
  assert.ok(traceEvents.length > 10);
  assert.ok(traceEvents.every(({ ph, ts, dur }) => ph === 'X' && ts >= 0 && dur >= 0));
});

test('usage errors end with 2 before anything is read', async () => {
  mkdirSync(folder.file('usage'));
  const usage = [
    [],
    [kJfk, '--srt', '--vtt'],
    [kJfk, kJfk, '--srt'],
    [kJfk, kJfk, '--trace', folder.file('t.json')],
    [kJfk, kJfk, '-o', folder.file('usage')],
    [kJfk, '--timestamps', 'sometimes'],
    [kJfk, '--task', 'sing'],
    [kJfk, '--max-new-tokens', 'many'],
    [kJfk, '--max-new-tokens', '449'],
    [kJfk, '--beam-size', '0'],
    [kJfk, '--best-of', '33'],
    [kJfk, '--length-penalty', '2'],
    [kJfk, '--temperatures', '0,hot'],
    [kJfk, '--temperatures', '-0.2'],
    [kJfk, '--suppress-tokens', '60000'],
    [kJfk, '--no-repeat-ngram-size', '-1'],
    [kJfk, '--threads', '0'],
    [kJfk, '--threads', '65'],
    [kJfk, '--language', 'de'],
    [kJfk, '--language', 'klingon'],
  ];
  for (const args of usage) {
    const { code, stdout, stderr } = await sotto(['transcribe', '-m', kModel, ...args]);
    assert.equal(code, 2, args.join(' '));
    assert.equal(stdout, '');
    assert.match(stderr, /^sotto: [^\n]+\n$/);
  }
  assert.deepEqual(readdirSync(folder.file('usage')), []);
});

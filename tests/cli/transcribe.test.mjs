// sotto transcribe on the sample speech: its model, its search, its usage.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { kJfk, kJfkText, kModel, kRoot } from '../lib/assets.mjs';
import { makeWav } from '../lib/wav.mjs';
import { joined, sotto, temporaryFolder, transcribe } from './sotto.mjs';

const folder = temporaryFolder();
after(folder.remove);

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
    ['--jsonl', '--json'],
    ['--jsonl', '-o', folder.file('usage')],
    ['--jsonl', '--trace', folder.file('t.json')],
    ['--jsonl', '--language', 'klingon'],
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

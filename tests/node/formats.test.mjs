import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { loadPackage } from '../lib/assets.mjs';

const {
  formatLrc,
  formatSrt,
  formatTime,
  formatTsv,
  formatTxt,
  formatVtt,
  OptionError,
  Transcript,
} = await loadPackage();

test('times round to the nearest millisecond and carry', () => {
  const cases = [
    [0, '00:00:00,000'],
    [0.0004, '00:00:00,000'],
    [0.0005, '00:00:00,001'],
    [1.9996, '00:00:02,000'],
    [59.9994, '00:00:59,999'],
    [59.9996, '00:01:00,000'],
    [3599.9999, '01:00:00,000'],
    [3661.25, '01:01:01,250'],
    [0.1 + 0.2, '00:00:00,300'],
  ];
  for (const [seconds, expected] of cases) assert.equal(formatTime(seconds, ','), expected);
});

test('hours grow past 99', () => {
  assert.equal(formatTime(99 * 3600 + 3599.999, '.'), '99:59:59.999');
  assert.equal(formatTime(100 * 3600, '.'), '100:00:00.000');
  assert.equal(formatTime(1234 * 3600 + 61.5, '.'), '1234:01:01.500');
});

test('times that are none are the start', () => {
  for (const seconds of [-1, -0, Number.NaN, Number.NEGATIVE_INFINITY]) {
    assert.equal(formatTime(seconds, '.'), '00:00:00.000');
  }
});

const cases = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../captions/cases.json'), 'utf8'),
);

test('captions are those that the command writes', () => {
  assert.ok(cases.length > 10);
  for (const { name, segments, layout = {}, ...expected } of cases) {
    const options = {
      maxLineWidth: layout.max_line_width,
      maxLineCount: layout.max_line_count,
      maxCaptionS: layout.max_caption_s,
    };
    const lines = {
      srt: formatSrt(segments, options),
      vtt: formatVtt(segments, options),
      tsv: formatTsv(segments, options),
      lrc: formatLrc(segments, options),
      txt: formatTxt(segments),
    };
    for (const [format, text] of Object.entries(lines)) {
      assert.equal(text, expected[format].join('\n'), `${name}: ${format}`);
    }
  }
});

test('nothing gives empty files of their kind', () => {
  assert.equal(formatSrt([]), '');
  assert.equal(formatVtt([]), 'WEBVTT\n\n');
  assert.equal(formatTsv([]), 'start\tend\ttext\n');
  assert.equal(formatLrc([]), '');
  assert.equal(formatTxt([]), '');
});

test('a transcript writes its segments, in captions as they are asked for', () => {
  const word = (start, text) => ({ start, end: start + 1, word: text, probability: 1 });
  const segments = [{ start: 0, end: 2, text: ' a b', words: [word(0, ' a'), word(1, ' b')] }];
  const transcript = new Transcript({ text: 'a b', language: 'en', segments, timings: {} });
  const lines = { maxLineWidth: 1, maxLineCount: 1 };
  assert.equal(transcript.toSRT(), '1\n00:00:00,000 --> 00:00:02,000\na b\n\n');
  assert.equal(
    transcript.toSRT(lines),
    '1\n00:00:00,000 --> 00:00:01,000\na\n\n2\n00:00:01,000 --> 00:00:02,000\nb\n\n',
  );
  assert.match(transcript.toVTT(), /\na<00:00:01\.000><c> b<\/c>\n\n$/);
  assert.match(transcript.toVTT({ wordCues: false }), /\na b\n\n$/);
  assert.match(transcript.toVTT({ maxCaptionS: 1 }), /\na\n\n00:00:01\.000 --> .*\nb\n\n$/);
  assert.equal(transcript.toTSV(), 'start\tend\ttext\n0\t2000\ta b\n');
  assert.equal(transcript.toTSV(lines), 'start\tend\ttext\n0\t1000\ta\n1000\t2000\tb\n');
  assert.equal(transcript.toLRC(), '[00:00.00]a b\n');
  assert.equal(transcript.toLRC(lines), '[00:00.00]a\n[00:01.00]b\n');
  assert.equal(transcript.toTXT(), 'a b\n');
});

test('options of captions are checked', () => {
  for (const [options, message] of [
    [{ maxLineWidth: -1 }, /'maxLineWidth': expected a whole number from 0/],
    [{ maxLineWidth: 1.5 }, /'maxLineWidth'/],
    [{ maxLineCount: 2 }, /'maxLineCount': expected maxLineWidth beside it/],
    [{ maxCaptionS: Number.NaN }, /'maxCaptionS'/],
    [{ wordCues: 1 }, /'wordCues': expected true or false/],
    [{ lines: 2 }, /unknown option 'lines'/],
  ]) {
    const check = { name: 'OptionError', message };
    assert.throws(() => formatVtt([], options), check);
    assert.throws(() => formatVtt([], options), OptionError);
  }
});

test('a transcript as JSON has the names of openai-whisper', () => {
  const segment = {
    id: 0,
    seek: 3000,
    start: 0,
    end: 1,
    text: ' Hi.',
    tokens: [50364, 17, 50414],
    avgLogProb: -0.25,
    compressionRatio: 1.25,
    noSpeechProb: 0.01,
    temperature: 0,
    words: [{ start: 0.25, end: 1, word: ' Hi.', probability: 0.5 }],
  };
  const timings = { total_ms: 5 };
  const data = { text: 'Hi.', language: 'en', segments: [segment], timings };
  const json = JSON.parse(JSON.stringify(new Transcript(data)));
  const {
    avgLogProb: avg_logprob,
    compressionRatio: compression_ratio,
    noSpeechProb: no_speech_prob,
    ...rest
  } = segment;
  const expected = { ...rest, avg_logprob, compression_ratio, no_speech_prob };
  const language = { language: 'en', language_probability: 1 };
  assert.deepEqual(json, { text: 'Hi.', ...language, segments: [expected], timings });

  const wordless = { ...data, segments: [{ ...segment, words: [] }] };
  assert.equal('words' in new Transcript(wordless).toJSON().segments[0], false);
});

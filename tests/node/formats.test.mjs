import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadPackage } from '../lib/assets.mjs';

const { formatSrt, formatTime, formatTxt, formatVtt, Transcript } = await loadPackage();

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

const cues = [
  { start: 0, end: 1.5, text: ' Hello there.' },
  { start: 1.5, end: 2.25, text: ' General <Kenobi> & --> friends' },
  { start: 2.25, end: 2.5, text: '  ' },
  { start: 3, end: 2, text: ' Two\n\nlines\r\n' },
];

test('SRT numbers its cues, skips empty ones and never writes an arrow into text', () => {
  const expected = [
    '1',
    '00:00:00,000 --> 00:00:01,500',
    'Hello there.',
    '',
    '2',
    '00:00:01,500 --> 00:00:02,250',
    'General <Kenobi> & -> friends',
    '',
    '3',
    '00:00:03,000 --> 00:00:03,000',
    'Two',
    'lines',
    '',
  ];
  assert.equal(formatSrt(cues), expected.join('\n'));
});

test('VTT has its header and escapes markup', () => {
  const expected = [
    'WEBVTT',
    '',
    '00:00:00.000 --> 00:00:01.500',
    'Hello there.',
    '',
    '00:00:01.500 --> 00:00:02.250',
    'General &lt;Kenobi&gt; &amp; -&gt; friends',
    '',
    '00:00:03.000 --> 00:00:03.000',
    'Two',
    'lines',
    '',
  ];
  assert.equal(formatVtt(cues), expected.join('\n'));
});

test('TXT is a line per segment', () => {
  assert.equal(formatTxt(cues.slice(0, 3)), 'Hello there.\nGeneral <Kenobi> & --> friends\n');
});

test('nothing gives empty files of their kind', () => {
  assert.equal(formatSrt([]), '');
  assert.equal(formatVtt([]), 'WEBVTT\n');
  assert.equal(formatTxt([]), '');
});

test('a transcript as JSON has the names of openai-whisper', () => {
  const segment = {
    id: 0,
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

// What a transcription returns.
import { formatLrc, formatSrt, formatTsv, formatTxt, formatVtt } from './formats.js';
import type { CaptionLayout, Segment, Timings, VttOptions, Word } from './transcript_types.js';

/** A segment in {@link TranscriptJson}, with openai-whisper's names. */
export interface SegmentJson {
  /** Counts from 0. */
  id: number;
  /** Where its window began, in frames of 10 ms. */
  seek: number;
  /** Seconds from the start of the audio. */
  start: number;
  /** Seconds from the start of the audio. */
  end: number;
  /** What was said. */
  text: string;
  /** Token ids, timestamps included. */
  tokens: number[];
  /** Temperature it was decoded at. */
  temperature: number;
  /** Mean log-probability of the tokens of its window. */
  avg_logprob: number;
  /** How far the text of its window can be compressed. */
  compression_ratio: number;
  /** Probability that its window holds no speech. */
  no_speech_prob: number;
  /** Where the times of words were asked for. */
  words?: Word[];
}

/** A transcript as a plain object. */
export interface TranscriptJson {
  /** All the text. */
  text: string;
  /** Code of the language spoken. */
  language: string;
  /** How probable it is; 1 where it was given. */
  language_probability: number;
  /** Phrases in order of time. */
  segments: SegmentJson[];
  /** Where time and memory went. */
  timings: Timings;
}

/** The fields of a {@link Transcript}. */
export interface TranscriptData {
  /** All the text. */
  text: string;
  /** Code of the language spoken. */
  language: string;
  /** 1 if not given. */
  languageProbability?: number | undefined;
  /** None if not given. */
  languageProbabilities?: Readonly<Record<string, number>> | undefined;
  /** Phrases in order of time. */
  segments: readonly Segment[];
  /** Where time and memory went. */
  timings: Timings;
  /** A Chrome trace (JSON). */
  trace?: string | undefined;
}

/** A finished transcription. */
export class Transcript {
  /** All the text. */
  readonly text: string;
  /** Code of the language spoken; '' where it was to be detected and there was no audio. */
  readonly language: string;
  /** How probable it is; 1 where it was given. */
  readonly languageProbability: number;
  /**
   * Of all languages by their codes, the most probable first, in the last window that was heard to
   * detect it; none where it was given.
   */
  readonly languageProbabilities: Readonly<Record<string, number>>;
  /** Phrases in order of time. */
  readonly segments: readonly Segment[];
  /** Where time and memory went. */
  readonly timings: Timings;
  /** A Chrome trace (JSON), where `trace` was asked for. */
  readonly trace: string | undefined;

  constructor(data: TranscriptData) {
    this.text = data.text;
    this.language = data.language;
    this.languageProbability = data.languageProbability ?? 1;
    this.languageProbabilities = data.languageProbabilities ?? {};
    this.segments = data.segments;
    this.timings = data.timings;
    this.trace = data.trace;
  }

  /** The transcript as SubRip subtitles. */
  toSRT(options?: CaptionLayout): string {
    return formatSrt(this.segments, options);
  }

  /** The transcript as WebVTT subtitles, with the times of words where they are known. */
  toVTT(options?: VttOptions): string {
    return formatVtt(this.segments, options);
  }

  /** The transcript as tab-separated values: start and end in milliseconds, and the text. */
  toTSV(options?: CaptionLayout): string {
    return formatTsv(this.segments, options);
  }

  /** The transcript as LRC, lines with their times as for lyrics. */
  toLRC(options?: CaptionLayout): string {
    return formatLrc(this.segments, options);
  }

  /** The transcript as plain text, a line per segment. */
  toTXT(): string {
    return formatTxt(this.segments);
  }

  /** The transcript as a plain object, which is also what `JSON.stringify` writes. */
  toJSON(): TranscriptJson {
    return {
      text: this.text,
      language: this.language,
      language_probability: this.languageProbability,
      segments: this.segments.map((segment) => ({
        id: segment.id,
        seek: segment.seek,
        start: segment.start,
        end: segment.end,
        text: segment.text,
        tokens: segment.tokens,
        temperature: segment.temperature,
        avg_logprob: segment.avgLogProb,
        compression_ratio: segment.compressionRatio,
        no_speech_prob: segment.noSpeechProb,
        ...(segment.words.length > 0 && { words: segment.words }),
      })),
      timings: this.timings,
    };
  }
}

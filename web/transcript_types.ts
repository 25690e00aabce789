// Public types of what a transcription gives.

/** A word with its time. */
export interface Word {
  /** Seconds from the start of the audio. */
  start: number;
  /** Seconds from the start of the audio. */
  end: number;
  /** The word with the punctuation at it; begins with a space where the model wrote one. */
  word: string;
  /** Mean probability of its tokens. */
  probability: number;
}

/** A phrase with its time. */
export interface Segment {
  /** Counts from 0. */
  id: number;
  /** Where its window began, in frames of 10 ms without the silence that `vad: true` leaves out. */
  seek: number;
  /** Seconds from the start of the audio. */
  start: number;
  /** Seconds from the start of the audio. */
  end: number;
  /** What was said; begins with a space where the model wrote one. */
  text: string;
  /** Token ids, timestamps included. */
  tokens: number[];
  /** Mean log-probability of the tokens of its window. */
  avgLogProb: number;
  /** Probability that its window holds no speech. */
  noSpeechProb: number;
  /** Temperature it was decoded at. */
  temperature: number;
  /** How far the text of its window can be compressed: above 2.4 it is likely to repeat itself. */
  compressionRatio: number;
  /** Its words; empty where their times were not asked for. */
  words: Word[];
}

/** How segments are cut into captions: bounds, none of which holds where it is 0 or not given. */
export interface CaptionLayout {
  /** Characters of a line; lines break between words where they can. */
  maxLineWidth?: number | undefined;
  /** Lines of a caption; with `maxLineWidth` only. */
  maxLineCount?: number | undefined;
  /** Seconds that a caption stands. */
  maxCaptionS?: number | undefined;
}

/** Options of {@link Transcript.toVTT}. */
export interface VttOptions extends CaptionLayout {
  /** Times of words within a caption, where they are known; true if not given. */
  wordCues?: boolean | undefined;
}

/** Where time and memory went. */
export interface Timings {
  /** Reading and packing the model, once per transcriber. */
  load_ms: number;
  /** Resampling and log-mel. */
  mel_ms: number;
  /** Listening for speech. */
  vad_ms: number;
  /** Encoder. */
  encode_ms: number;
  /** Decoder. */
  decode_ms: number;
  /** All the work of this call in the engine. */
  total_ms: number;
  /** Length of the audio. */
  audio_ms: number;
  /** 30 s windows encoded. */
  windows: number;
  /** Tokens decoded. */
  tokens: number;
  /** WebAssembly memory at its largest. */
  peak_heap_bytes: number;
}

// Public types of what goes in, and of what a transcriber is; what comes out is in transcript_types.ts.
import type { ModelSpec } from './models.js';
import type { Segment } from './transcript_types.js';

/** Builds of the engine: an instruction set each, with threads where they end in `-mt`. */
export type Variant = 'scalar' | 'simd128' | 'relaxed' | 'simd128-mt' | 'relaxed-mt';

/**
 * What the processor's int8 inner product takes, for diagnostics: it decides how fast the builds
 * 'relaxed' and 'relaxed-mt' are and how activations are rounded. 'wide': builds without relaxed SIMD; 'unsigned':
 * x86 with VNNI; 'signed': Arm; 'pair-saturating': x86 without VNNI, where the product takes three instructions.
 */
export type DotFlavour = 'wide' | 'unsigned' | 'signed' | 'pair-saturating';

/**
 * Where a model comes from: a name ({@link namedModels}), a URL (in Node also a path), a URL with
 * the size and SHA-256 it must have, or the bytes themselves.
 */
export type ModelInput = string | URL | ModelSpec | Blob | ArrayBuffer | Uint8Array;

/** Samples in [-1, 1] at any rate; several channels are mixed to one. */
export interface PcmAudio {
  /** One channel, or a list of channels of the same length. */
  samples: Float32Array | Float32Array[];
  /** Sample frames per second. */
  sampleRate: number;
}

/**
 * Audio to transcribe: mono samples at 16 kHz; samples with their rate; an `AudioBuffer`; a
 * `Blob`, `File` or URL of anything that the browser decodes. WAV works everywhere, Node included
 * (where a string without a scheme is a path), and is read in pieces.
 */
export type AudioInput = Float32Array | PcmAudio | AudioBuffer | Blob | URL | string;

/** What {@link createTranscriber} is doing. */
export interface LoadProgress {
  /** `download`: the model's bytes arrive; `load`: they are packed for the engine. */
  stage: 'download' | 'load';
  /** Part of this stage that is done, 0 to 1; undefined where the size is unknown. */
  fraction: number | undefined;
  /** Bytes that have arrived. */
  loadedBytes: number;
  /** Bytes in all; undefined where the server does not tell. */
  totalBytes: number | undefined;
}

/** Options of {@link createTranscriber}. */
export interface TranscriberOptions {
  /** The model; 'tiny.en' if not given. */
  model?: ModelInput | undefined;
  /**
   * Folder of the files of named models, as a URL (in Node also a path). Default: `models/` next
   * to the package's `dist/`, or next to the page where a bundler hides that (docs/embedding.md).
   */
  modelBaseUrl?: string | URL | undefined;
  /** The build to run; 'auto' takes the best one that this browser supports. */
  variant?: 'auto' | Variant | undefined;
  /**
   * Threads to compute on. More than one needs a build with threads, which runs in Node and on
   * pages that are cross-origin isolated (COOP and COEP headers, on the package's files too); 'auto'
   * takes one elsewhere, and else a number that suits the machine's cores.
   */
  threads?: 'auto' | number | undefined;
  /** How weights of linear layers are held: as int8 ('auto', 'q8') or as f32, four times larger. */
  precision?: 'auto' | 'q8' | 'f32' | undefined;
  /**
   * Weights of Silero VAD, which tell speech from silence: an address (in Node also a path) or the
   * file. Default: `silero_vad_16k.safetensors` in `modelBaseUrl`, 1.2 MB. They are read when a
   * transcription first listens for speech.
   */
  vadModel?: string | URL | Blob | undefined;
  /**
   * 'auto', if not given: model files of http(s) addresses are kept by this browser, and started from
   * there the next time (docs/models.md). 'none': they are downloaded each time. Node keeps none.
   */
  cache?: 'auto' | 'none' | undefined;
  /**
   * For a model given as `ArrayBuffer` or `Uint8Array`: hand its buffer over (it is detached)
   * instead of copying it piece by piece.
   */
  transfer?: boolean | undefined;
  /** Called as the model is downloaded and loaded. */
  onProgress?: ((progress: LoadProgress) => void) | undefined;
  /** Stops the creation, which then rejects with an `AbortError`. */
  signal?: AbortSignal | undefined;
}

/** How far a transcription is. */
export interface TranscribeProgress {
  /** `audio`: the file arrives or is decoded; `transcribe`: the engine works. */
  stage: 'audio' | 'transcribe';
  /** Part of this stage that is done, 0 to 1; undefined where the length is unknown. */
  fraction: number | undefined;
  /** Seconds of audio that are done. */
  positionS: number;
  /** Seconds of audio in all; undefined where unknown. */
  durationS: number | undefined;
}

/** Text that is being decoded; it changes until its segments are final. */
export interface TokenEvent {
  /** The text of the current 30 s window so far. */
  text: string;
}

/**
 * How text is found. Names and defaults are those of faster-whisper, but for `beamSize`, which is 5
 * there.
 */
export interface DecodingOptions {
  /**
   * Detecting the language: hear one 30 s window after another until a language is more probable than
   * this; 0.5 if not given.
   */
  languageDetectionThreshold?: number | undefined;
  /** As many windows at most, of which the language that leads in most is taken; 1 if not given. */
  languageDetectionSegments?: number | undefined;
  /** Text that came before, to set names and style. */
  initialPrompt?: string | undefined;
  /** What the text of the first 30 s window begins with. */
  prefix?: string | undefined;
  /** Words that are likely to be said, told before every window. */
  hotwords?: string | undefined;
  /** Tell each 30 s window the text of those before it; true if not given. */
  conditionOnPreviousText?: boolean | undefined;
  /** Do not tell text that was decoded above this temperature; 0.5 if not given. */
  promptResetOnTemperature?: number | undefined;
  /**
   * For long audio: 30 s windows that are decoded together, up to 32; 1, one after another, if not
   * given. Several are faster, and take memory each (docs/performance.md). They are not told the text
   * before them, whatever `conditionOnPreviousText` says; the audio is cut into them where nobody
   * speaks, and silence left out as by `vad: true`, or without `vad` and with `clipTimestamps` where
   * it is quietest. Not together with `hallucinationSilenceThreshold`.
   */
  batchSize?: number | undefined;
  /** Texts that are followed together at temperature 0, up to 32; 1, greedy search, if not given. */
  beamSize?: number | undefined;
  /** With beams: wait for `beamSize * patience` texts to end; 1 if not given. */
  patience?: number | undefined;
  /** Texts that are drawn above temperature 0, up to 32, of which the best is taken; 5 if not given. */
  bestOf?: number | undefined;
  /**
   * Rank texts by their log-probability over `((5 + length) / 6) ** lengthPenalty`, from 0 to 1; if
   * not given, over their length.
   */
  lengthPenalty?: number | undefined;
  /**
   * Tried one after another until a window's text is neither repetitive nor improbable; 0, 0.2 and
   * so on to 1 if not given. `[0]` tries once.
   */
  temperatures?: number[] | undefined;
  /** Text is repetitive where zlib compresses it by more than this; 2.4 if not given. */
  compressionRatioThreshold?: number | undefined;
  /** Text is improbable where its mean log-probability is below this; -1 if not given. */
  logProbThreshold?: number | undefined;
  /**
   * Improbable text is taken as silence where the probability of no speech is above this; 0.6 if not
   * given.
   */
  noSpeechThreshold?: number | undefined;
  /** Where the random numbers of temperatures above 0 begin; 0 if not given. */
  seed?: number | undefined;
  /** Above 1, tokens that were said in a window are less probable; 1 if not given. */
  repetitionPenalty?: number | undefined;
  /** As many tokens in a row are not said twice in a window; 0, no such rule, if not given. */
  noRepeatNgramSize?: number | undefined;
  /** Tokens that are never said; -1 stands for the model's non-speech tokens. `[-1]` if not given. */
  suppressTokens?: number[] | undefined;
  /** Never begin a window with a blank or the end; true if not given. */
  suppressBlank?: boolean | undefined;
  /** The first timestamp of a window is at most this late; 1 s if not given. */
  maxInitialTimestampS?: number | undefined;
  /**
   * Where to listen: start, end, start, end in seconds, in their order; the last end may be left
   * out. Everywhere if not given; not together with `vad: true`.
   */
  clipTimestamps?: number[] | undefined;
  /** Tokens of a 30 s window at most; half the text context if not given. */
  maxNewTokens?: number | undefined;
  /** With times of words: punctuation that goes to the word after it; `"'“¿([{-` if not given. */
  prependPunctuations?: string | undefined;
  /**
   * With times of words: punctuation that goes to the word before it; `"'.。,，!！?？:：”)]}、` if not
   * given.
   */
  appendPunctuations?: string | undefined;
  /**
   * With times of words: silence of more seconds than this beside a segment whose words are
   * improbable, very short or very long is skipped, and the segment with it; not if not given.
   */
  hallucinationSilenceThreshold?: number | undefined;
}

/** What is speech and what silence. Names and defaults are those of faster-whisper's `VadOptions`. */
export interface VadOptions {
  /** Probability at which speech begins, for each 32 ms; 0.5 if not given. */
  threshold?: number | undefined;
  /** Speech ends where the probability stays below this; `threshold` less 0.15 if not given. */
  negThreshold?: number | undefined;
  /** Speech that is no longer is taken as silence; 0 if not given. */
  minSpeechMs?: number | undefined;
  /** Silence that is left out is at least as long; 2000 if not given. */
  minSilenceMs?: number | undefined;
  /** What is kept of it before and behind speech; 400 if not given. */
  speechPadMs?: number | undefined;
  /** Longer speech is cut at its longest pause; if not given, it is never cut. */
  maxSpeechS?: number | undefined;
}

/** Options of {@link Transcriber.transcribe}. */
export interface TranscribeOptions extends DecodingOptions {
  /**
   * Language spoken, as a code ('en') or a name ('english'), or 'auto', the default, to detect it.
   * Models for English take 'en' and 'auto' only.
   */
  language?: string | undefined;
  /** 'translate' writes English whatever is spoken; for multilingual models. */
  task?: 'transcribe' | 'translate' | undefined;
  /**
   * 'segment': times of phrases; 'word': of their words, too, by another pass over the text; 'none':
   * one segment per 30 s window.
   */
  timestamps?: 'none' | 'segment' | 'word' | undefined;
  /**
   * How much of the 30 s window the encoder computes: 'auto' folds the padding behind the audio,
   * so that short clips take less time; 'full' computes all of it, as the reference does. A word
   * whose alternatives are equally likely may differ between them.
   */
  encoderWindow?: 'auto' | 'full' | undefined;
  /**
   * What is done about silence. `true`, or options: it is left out before the model hears it, and
   * times are those of the original. If not given, it only gives no text, and neither do noise and
   * music. `false`: it is left to the model, which invents text there. So it is where
   * nothing is given and the default `vadModel` cannot be read; `timings.vad_ms` is 0 then.
   */
  vad?: boolean | VadOptions | undefined;
  /** Record the time of every stage; the result's `trace` then opens in Perfetto. */
  trace?: boolean | undefined;
  /** Called with each segment as soon as it is final. */
  onSegment?: ((segment: Segment) => void) | undefined;
  /** Called as text is decoded, before its segment is final. */
  onToken?: ((event: TokenEvent) => void) | undefined;
  /** Called as the work goes on. */
  onProgress?: ((progress: TranscribeProgress) => void) | undefined;
  /** Stops the computation, which then rejects with an `AbortError`. */
  signal?: AbortSignal | undefined;
}

/** What the model is. */
export interface ModelInfo {
  /** Mel bands of the spectrogram. */
  nMels: number;
  /** Positions of the encoder: a window of 30 s. */
  nAudioCtx: number;
  /** Width of the encoder's states. */
  nAudioState: number;
  /** Heads of the encoder's attention. */
  nAudioHead: number;
  /** Layers of the encoder. */
  nAudioLayer: number;
  /** Tokens it can write. */
  nVocab: number;
  /** Positions of the decoder: tokens of a window, with what it is told of the last one. */
  nTextCtx: number;
  /** Width of the decoder's states. */
  nTextState: number;
  /** Heads of the decoder's attention. */
  nTextHead: number;
  /** Layers of the decoder. */
  nTextLayer: number;
  /** Whether it knows languages other than English. */
  multilingual: boolean;
  /** How weights are held in memory: 'q8' or 'f32'. */
  precision: string;
  /** Their size there. */
  weightsBytes: number;
}

/** What a transcriber runs on. */
export interface TranscriberInfo {
  /** The build that runs. */
  variant: Variant;
  /** Threads it computes on. */
  threads: number;
  /** What this processor's int8 inner product takes. */
  dotFlavour: DotFlavour;
  /** The model. */
  model: ModelInfo;
  /** Where the time of its start went. */
  timings: {
    /** Reading the model: from the network, or from where it is kept. */
    download_ms: number;
    /** Compiling the engine. */
    compile_ms: number;
    /** Making the engine ready with the model. */
    load_ms: number;
  };
}

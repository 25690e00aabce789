// The models that can be named instead of addressed.

/** A model file and what is known about it beforehand. */
export interface ModelSpec {
  /** Where the file is: an absolute or page-relative URL; in Node also a path. */
  url: string | URL;
  /** Its size, for progress where the server does not tell, and to refuse another file. */
  bytes?: number | undefined;
  /** SHA-256 of the file in hexadecimal; a download that differs is refused. */
  sha256?: string | undefined;
}

/** A model that has a name. */
export interface NamedModel {
  /** The name to pass as `model`. */
  name: string;
  /** The file's name below `modelBaseUrl`. */
  file: string;
  /** Its size. */
  bytes: number;
  /** Its SHA-256 in hexadecimal, which a download must have. */
  sha256: string;
  /** The published weights that it is made of, at their canonical address. */
  weights: {
    /** Where they are. */
    url: string;
    /** Their size. */
    bytes: number;
    /** Their SHA-256 in hexadecimal. */
    sha256: string;
  };
  /** What to expect of it, in words. */
  description: string;
}

// The files are those that `npm run model` makes. It rounds as IEEE 754 says and adds nothing up, so
// that every machine writes the same bytes; who changes what it writes, changes these lines.
/** Names accepted by `createTranscriber({ model })`. */
export const namedModels: readonly NamedModel[] = [
  {
    name: 'tiny.en',
    file: 'tiny.en-q8.sotto',
    bytes: 40_210_432,
    sha256: 'd9285266b28fb5aaa326b2ab94f950a7e59c4177136e0c6aef5434deb406130d',
    weights: {
      url: 'https://huggingface.co/Systran/faster-whisper-tiny.en/resolve/main/model.bin',
      bytes: 75_537_502,
      sha256: '1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a',
    },
    description: 'Whisper tiny, English only, int8',
  },
  {
    name: 'base',
    file: 'base-q8.sotto',
    bytes: 75_980_096,
    sha256: '0b1f38c8ee7026baa6d50261ff045549f1c33dae98ae1b961364495dbfa27563',
    weights: {
      url: 'https://huggingface.co/Systran/faster-whisper-base/resolve/main/model.bin',
      bytes: 145_217_532,
      sha256: 'd01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9',
    },
    description: 'Whisper base, 99 languages, int8',
  },
];

/** Silero VAD's weights, as scripts/silero.mjs makes them of the published ones. */
export const vadFile = {
  name: 'silero-vad',
  file: 'silero_vad_16k.safetensors',
  bytes: 1_239_828,
  sha256: '9cd98ef715fc4451f896a593debb4eb4404066d0ddf89a9913984122fc501cc8',
};

export function findNamedModel(name: string): NamedModel | undefined {
  return namedModels.find((model) => model.name === name);
}

/** The name of the model whose file that is, by its SHA-256. */
export function nameOfFile(sha256: string | undefined): string | undefined {
  return [...namedModels, vadFile].find((model) => model.sha256 === sha256)?.name;
}

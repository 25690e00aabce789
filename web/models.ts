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

export interface NamedModel {
  /** The name to pass as `model`. */
  name: string;
  /** The file's name below `modelBaseUrl`. */
  file: string;
  /** Size in bytes and SHA-256, where the file is a published one. */
  bytes?: number;
  sha256?: string;
  /** What to expect of it, in words. */
  description: string;
}

/** Names accepted by `createTranscriber({ model })`. */
export const namedModels: readonly NamedModel[] = [
  {
    // Converted on this machine by the set-up; .sotto files carry a checksum of each tensor.
    name: 'tiny.en',
    file: 'tiny.en-q8.sotto',
    description: 'Whisper tiny, English only, int8',
  },
  {
    name: 'base',
    file: 'base-q8.sotto',
    description: 'Whisper base, 99 languages, int8',
  },
];

export function findNamedModel(name: string): NamedModel | undefined {
  return namedModels.find((model) => model.name === name);
}

// The name that a file is kept under. Worker side only: pages learn it from lists.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** The key of an address's file: fit for the name of a file, and of one length. */
export function keyOf(url: string): string {
  return bytesToHex(sha256(utf8ToBytes(url))).slice(0, 32);
}

/** Whether a buffer was handed over to somebody else, and its bytes with it: nothing can be read there. */
export function isDetached(buffer: ArrayBufferLike): boolean {
  if (buffer.byteLength > 0) return false;
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}

/** How messages call such a buffer. */
export const kDetached = 'one that was handed over (detached)';

// One file of a server, whose answers a test changes while it runs, and which counts them.
import { createHash } from 'node:crypto';

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

const kLinger_ms = 300;

/** Bytes that look like nothing else, the same ones for the same seed. */
export function someBytes(length, seed = 1) {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** A file that can be asked for in parts, as by RFC 9110, unless it is told otherwise. */
export class ChangingFile {
  etag = '"1"';
  /** Whether requests for parts are understood. */
  hasRanges = true;
  /** Whether If-Range is. */
  hasIfRange = true;
  /** Answers that hang up after so many bytes: the first of them for the next answer. */
  cuts = [];
  /** Milliseconds between pieces of an answer. */
  pause_ms = 0;
  /** Answer with this status, and nothing else. */
  status = 0;
  headers = {};
  /** @type {{method: string, range?: string, ifRange?: string, status: number, sentBytes: number}[]} */
  asked = [];

  constructor(bytes) {
    this.bytes = bytes;
  }

  get sha256() {
    return sha256(this.bytes);
  }

  /** Bytes that were sent in all. */
  get sentBytes() {
    return this.asked.reduce((sum, { sentBytes }) => sum + sentBytes, 0);
  }

  handle = (request, response) => {
    const { range, 'if-range': ifRange } = request.headers;
    const line = { method: request.method, range, ifRange, status: 200, sentBytes: 0 };
    this.asked.push(line);
    const total = this.bytes.length;
    const isOther = this.hasIfRange && ifRange !== undefined && ifRange !== this.etag;
    const from =
      this.hasRanges && range && !isOther ? Number(/^bytes=(\d+)-$/.exec(range)?.[1]) : undefined;
    const head = { ...this.headers, etag: this.etag };
    if (this.status) line.status = this.status;
    else if (from !== undefined) line.status = from < total ? 206 : 416;
    if (line.status === 206) head['content-range'] = `bytes ${from}-${total - 1}/${total}`;
    if (line.status === 416) head['content-range'] = `bytes */${total}`;
    const body = line.status < 300 ? this.bytes.subarray(from ?? 0) : new Uint8Array(0);
    response.writeHead(line.status, { ...head, 'content-length': body.length });
    if (request.method === 'HEAD') response.end();
    else void this.#send(body, response, line);
  };

  async #send(body, response, line) {
    const cut = body.length > 0 ? this.cuts.shift() : undefined;
    const end = Math.min(body.length, cut ?? body.length);
    const piece_bytes = 1 << 18;
    for (let at = 0; at < end && !response.destroyed; at += piece_bytes) {
      const piece = body.subarray(at, Math.min(end, at + piece_bytes));
      await new Promise((sent) => response.write(piece, sent));
      line.sentBytes += piece.length;
      if (this.pause_ms > 0) await new Promise((resolve) => setTimeout(resolve, this.pause_ms));
    }
    // Browsers drop what they have not handed on when the line goes dead; so they have time for it.
    if (cut !== undefined) setTimeout(() => response.destroy(), kLinger_ms);
    else response.end();
  }
}

import type { IncomingMessage, ServerResponse } from 'node:http';

export function someBytes(length: number, seed?: number): Uint8Array<ArrayBuffer>;

export interface Asked {
  method: string;
  range?: string;
  ifRange?: string;
  status: number;
  sentBytes: number;
}

export class ChangingFile {
  constructor(bytes: Uint8Array);
  bytes: Uint8Array;
  etag: string;
  hasRanges: boolean;
  hasIfRange: boolean;
  cuts: number[];
  pause_ms: number;
  status: number;
  headers: Record<string, string>;
  asked: Asked[];
  readonly sha256: string;
  readonly sentBytes: number;
  handle(request: IncomingMessage, response: ServerResponse): void;
}

import type { IncomingMessage, ServerResponse } from 'node:http';

export const kIsolation: Record<string, string>;
export const kStrictPolicy: Record<string, string>;

export interface Mount {
  prefix: string;
  /** A folder, or what answers in its place. */
  dir?: string;
  handle?: (request: IncomingMessage, response: ServerResponse) => void;
  headers?: Record<string, string>;
}

export interface TestServer {
  url: string;
  /** Paths that were asked for, in order. */
  requests: string[];
  close(): Promise<void>;
}

export function serve(
  mounts: Mount[],
  options?: { headers?: Record<string, string>; faulty?: string; fallback?: string },
): Promise<TestServer>;

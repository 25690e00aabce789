type Mounts = [prefix: string, dir: string][];

export const kMounts: Mounts;

export function startServer(options: {
  port: number;
  isolate?: boolean;
  mounts?: Mounts;
}): Promise<{ port: number; close(): Promise<void> }>;

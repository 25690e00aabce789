// The server that comes with Next.js, on this machine only and on a free port.
import { spawn } from 'node:child_process';
import path from 'node:path';

export interface NextServer {
  url: string;
  close(): Promise<void>;
}

/** Starts `next start` in a project that was built. */
export function startNext(dir: string): Promise<NextServer> {
  const program = path.join(dir, 'node_modules/next/dist/bin/next');
  const args = [program, 'start', '--hostname', '127.0.0.1', '--port', '0'];
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', FORCE_COLOR: '0' };
  const child = spawn(process.execPath, args, { cwd: dir, env });
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  const close = () => {
    child.kill();
    return ended;
  };
  return new Promise((resolve, reject) => {
    let said = '';
    const hear = (text: string) => {
      said += text;
      const url = /Local:\s+(http:\/\/\S+)[\s\S]*Ready/.exec(said)?.[1];
      if (url) resolve({ url, close });
    };
    child.stdout.setEncoding('utf8').on('data', hear);
    child.stderr.setEncoding('utf8').on('data', hear);
    void ended.then(() => reject(new Error(`next start ended:\n${said}`)));
  });
}

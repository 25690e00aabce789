// Running other programs: one place that captures output and turns a failure into words.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { SetupError } from './log.mjs';
import { kRoot } from './paths.mjs';

// Lines of a failed program's output that are shown: some programs name the cause first, others
// last, and what lies between rarely says more.
const kFirstLines = 10;
const kLastLines = 25;

function shortened(output) {
  const lines = output.trimEnd().split('\n');
  if (lines.length <= kFirstLines + kLastLines) return lines.join('\n');
  return [...lines.slice(0, kFirstLines), '  ...', ...lines.slice(-kLastLines)].join('\n');
}

/** Absolute path of a program on PATH, or null. */
export function which(name) {
  for (const dir of (process.env.PATH ?? '').split(path.delimiter)) {
    const file = path.join(dir, name);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      // Not here; the next folder may have it.
    }
  }
  return null;
}

/**
 * Runs a program to its end.
 * @param {string} cmd
 * @param {string[]} args
 * @param {{cwd?: string, env?: object, todo?: string, what?: string, show?: boolean,
 *   check?: boolean, input?: string}} [options] `show` passes its output on to stderr as it comes;
 *   `check: false` returns the exit code instead of failing; `what` and `todo` word a failure
 * @returns {Promise<{code: number, stdout: string, stderr: string}>}
 */
export function run(cmd, args, options = {}) {
  const { cwd = kRoot, env, todo = '', what, show = false, check = true } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(cmd, args, {
      cwd,
      env: env ? { ...process.env, ...env } : process.env,
      stdio: ['ignore', show ? 2 : 'pipe', show ? 2 : 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    let both = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      both += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      stderr += text;
      both += text;
    });
    child.on('error', (error) => {
      reject(new SetupError(`${what ?? cmd}: ${error.message}`, todo));
    });
    child.on('close', (code, signal) => {
      if (code === 0 || !check) return resolve({ code: code ?? 1, stdout, stderr });
      const ended = signal ? `ended by ${signal}` : `exit code ${code}`;
      const said = both.trim() ? `\n${shortened(both)}` : '';
      reject(new SetupError(`${what ?? [cmd, ...args].join(' ')}: ${ended}${said}`, todo));
    });
  });
}

/** Runs a short program at once and returns its trimmed stdout, or null when it fails. */
export function ask(cmd, args, options = {}) {
  const result = spawnSync(cmd, args, { encoding: 'utf8', ...options });
  return result.status === 0 ? result.stdout.trim() : null;
}

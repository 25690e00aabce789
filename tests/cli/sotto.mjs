// Runs the native command as a user would, in a folder that goes with the tests.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { kModel, kRoot } from '../lib/assets.mjs';

/** The command; SOTTO_COMMAND names another build of it. */
export const kSotto = process.env.SOTTO_COMMAND ?? path.join(kRoot, 'build/native/sotto');
/** CTranslate2's folder of tiny.en, as the set-up fetched it. */
export const kTinyEn = path.join(kRoot, '.cache/assets/tiny.en');

/**
 * @param {string[]} args
 * @param {{stdin?: Buffer, env?: Record<string, string>}} [options]
 * @returns {Promise<{code: number | null, stdout: string, stderr: string}>}
 */
export function sotto(args, { stdin, env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(kSotto, args, { cwd: kRoot, env: { ...process.env, ...env } });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    // A command that stops before it has read everything closes the pipe.
    child.stdin.on('error', () => {});
    child.stdin.end(stdin);
  });
}

/**
 * What `sotto transcribe` with tiny.en prints, where all goes well.
 * @param {string[]} args
 * @param {{stdin?: Buffer, env?: Record<string, string>}} [options]
 */
export async function transcribe(args, options) {
  const result = await sotto(['transcribe', '--model', kModel, ...args], options);
  assert.equal(result.code, 0, result.stderr);
  assert.equal(result.stderr, '');
  return result.stdout;
}

/** Lines of text as one. */
export const joined = (/** @type {string} */ text) => text.trim().replace(/\s+/g, ' ');

/** A folder that is removed when the tests are done. */
export function temporaryFolder() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'sotto-cli-'));
  return {
    file: (/** @type {string[]} */ ...parts) => path.join(folder, ...parts),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

// What the set-up scripts say. Everything goes to stderr, so that commands such as
// `npm run transcribe -- FILE --json` keep stdout for their result.

const kColour = process.stderr.isTTY && !process.env.NO_COLOR;
const paint = (code, text) => (kColour ? `\x1b[${code}m${text}\x1b[0m` : text);

/** A failure the user can act on: what failed, and what to do about it. */
export class SetupError extends Error {
  /**
   * @param {string} what one line: the step and what went wrong
   * @param {string} [todo] one line: what the user can do
   */
  constructor(what, todo = '') {
    super(what);
    this.name = 'SetupError';
    this.todo = todo;
  }
}

/** Says in one line what a step does. */
export function step(area, text) {
  process.stderr.write(`${paint(36, `[${area}]`)} ${text}\n`);
}

/** Says in one line that something is not as hoped, but work goes on. */
export function note(area, text) {
  process.stderr.write(`${paint(33, `[${area}]`)} ${text}\n`);
}

/** Runs a script's main function; a failure ends in what failed and what to do, exit code 1. */
export async function runMain(main) {
  try {
    await main();
  } catch (error) {
    if (error instanceof SetupError) {
      process.stderr.write(`${paint(31, 'failed:')} ${error.message}\n`);
      if (error.todo) process.stderr.write(`${paint(33, 'to do:')} ${error.todo}\n`);
    } else {
      process.stderr.write(`${paint(31, 'failed:')} ${error?.stack ?? error}\n`);
    }
    process.exitCode = 1;
  }
}

/** 1234567 -> '1.2 MB' (decimal units, as download tools count). */
export function formatBytes(n_bytes) {
  if (n_bytes < 1000) return `${n_bytes} B`;
  if (n_bytes < 1e6) return `${(n_bytes / 1e3).toFixed(1)} kB`;
  return `${(n_bytes / 1e6).toFixed(1)} MB`;
}

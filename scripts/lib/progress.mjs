// A progress bar for downloads. cli-progress comes with the npm packages, so the very first
// set-up of a clone, which has none yet, and anything that is no terminal, go without a bar.

/** Returns {update(bytes), stop()}; `total_bytes` 0 means unknown. */
export async function startProgress(label, total_bytes) {
  const none = { update() {}, stop() {} };
  if (!process.stderr.isTTY || !total_bytes) return none;
  try {
    const { default: progress } = await import('cli-progress');
    const bar = new progress.SingleBar({
      format: `  ${label} {bar} {percentage}% of {size}, {eta_formatted} left`,
      stream: process.stderr,
      clearOnComplete: true,
      hideCursor: true,
    });
    bar.start(total_bytes, 0, { size: `${(total_bytes / 1e6).toFixed(0)} MB` });
    return { update: (bytes) => bar.update(bytes), stop: () => bar.stop() };
  } catch {
    return none;
  }
}

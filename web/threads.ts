// How many threads to compute on.
import { isNode, nodeOs } from './runtime.js';

/**
 * The most that may be asked for. Each thread is a worker with the engine's code and its own part
 * of the memory.
 */
export const kMaxThreads = 32;

// 'auto' takes no more. The encoder of a 30 s window has 24 blocks of rows for the threads to take,
// and every further thread brings less and costs memory; engines that took all of a large machine
// became many times slower than on a few threads.
const kMaxAutoThreads = 8;

// Up to so many, all cores are taken.
const kAllCores = 4;

/**
 * The threads that 'auto' takes on a machine with that many logical cores. Browsers do not tell
 * how many of them share a physical core, on whose one vector unit two threads of this engine
 * would only wait for each other; nor how many are slow ones. Half of them is right for both kinds
 * of machine. Small ones are taken whole: to leave cores idle costs more there than to share them.
 */
export function autoThreads(logicalCores: number): number {
  const half = Math.floor(logicalCores / 2);
  return Math.max(1, Math.min(logicalCores, Math.max(kAllCores, half), kMaxAutoThreads));
}

/** Logical cores of this machine, as far as the browser tells. */
export function logicalCores(): number {
  if (isNode) return nodeOs().availableParallelism();
  return globalThis.navigator?.hardwareConcurrency ?? 1;
}

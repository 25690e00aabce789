// The figures of a session of live captions, of which each worker and the audio's side tell a part.
import type { LiveStats } from './live_types.js';
import type { BlockReport, LiveNews, WorkerFigures } from './live_wire.js';
import type { Timings } from './transcript_types.js';
import { addFigures, kNoFigures } from './worker_figures.js';

export class LiveFigures {
  #stats: LiveStats = {
    audioS: 0,
    sampleRate: 0,
    lostBlocks: 0,
    passes: 0,
    passMs: 0,
    computeMs: 0,
    lagMs: 0,
    stepMs: 0,
    behind: false,
    speaking: false,
    heapBytes: 0,
    restarts: 0,
  };
  #figures: WorkerFigures = kNoFigures;
  /** What workers that died had done. */
  #before: WorkerFigures = kNoFigures;

  stats(): LiveStats {
    return { ...this.#stats };
  }

  /** Code of the language that was heard, '' where it is not known. */
  get language(): string {
    return this.#figures.language;
  }

  timings(load_ms: number): Timings {
    const { heap_bytes: peak_heap_bytes, language: _, ...rest } = this.#figures;
    return { load_ms, ...rest, audio_ms: 1000 * this.#stats.audioS, peak_heap_bytes };
  }

  /** Another worker goes on; how many did so far. */
  restart(): number {
    this.#before = this.#figures;
    this.#stats.speaking = false;
    return ++this.#stats.restarts;
  }

  /** Takes what the worker tells; whether somebody speaks, where that is new. */
  news({ update, figures }: LiveNews): boolean | undefined {
    const stats = this.#stats;
    const wasSpeaking = stats.speaking;
    this.#figures = addFigures(this.#before, figures);
    stats.passes = this.#figures.windows;
    stats.computeMs = this.#figures.total_ms;
    stats.heapBytes = figures.heap_bytes;
    stats.behind = update.behind;
    stats.speaking = update.speaking;
    stats.stepMs = update.stepMs;
    if (update.ran) {
      stats.passMs = update.passMs;
      stats.lagMs = update.lagMs;
    }
    return update.speaking === wasSpeaking ? undefined : update.speaking;
  }

  /** Takes what the audio's side tells; how many blocks were lost, where that is new. */
  report({ frames, lostBlocks }: BlockReport, sampleRate: number): number | undefined {
    const stats = this.#stats;
    const isNew = lostBlocks !== stats.lostBlocks;
    stats.sampleRate = sampleRate;
    stats.lostBlocks = lostBlocks;
    if (sampleRate > 0) stats.audioS = frames / sampleRate;
    return isNew ? lostBlocks : undefined;
  }
}

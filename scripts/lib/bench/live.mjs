// What goes on, while it goes on: a view that is rewritten in a terminal, plain lines elsewhere.
import { createLogUpdate } from 'log-update';
import { short } from './report.mjs';

// Components of the variant at hand that are shown: as many as fit beside other things.
const kShown = 14;
// Terminals that are drawn more often only flicker.
const kInterval_ms = 80;

function line({ name, p50_ms, cv, runs, done }) {
  const mark = done ? '✔' : '…';
  const figures = `${short(p50_ms).padStart(8)} ms  CV ${(cv * 100).toFixed(0).padStart(3)} %`;
  return `  ${mark} ${name.padEnd(34)} ${figures}  ${String(runs).padStart(3)} runs`;
}

class PlainView {
  constructor(stream) {
    this.stream = stream;
  }

  onEvent(where, event) {
    if (event.type === 'variant') {
      this.stream.write(`[bench] ${where} ${event.variant}: int8 product ${event.flavour}\n`);
    } else if (event.type === 'skipped') {
      this.stream.write(`[bench] ${where} ${event.variant}: skipped: ${event.reason}\n`);
    } else if (event.type === 'done') {
      const { p50_ms, cv, runs } = event.result;
      this.stream.write(`${line({ name: event.name, p50_ms, cv, runs, done: true })}\n`);
    }
  }

  close() {}
}

class TerminalView {
  #rows = new Map();
  #title = '';
  #drawn_ms = 0;

  constructor(stream) {
    this.update = createLogUpdate(stream);
  }

  onEvent(where, event) {
    if (event.type === 'variant' || event.type === 'skipped') {
      this.close();
      const about = event.type === 'skipped' ? `skipped: ${event.reason}` : event.flavour;
      this.#title = `${where} ${event.variant}: ${about}`;
      this.#rows = new Map();
    } else {
      const { p50_ms, cv, runs } = event.type === 'done' ? event.result : event;
      const { name } = event;
      this.#rows.set(name, { name, p50_ms, cv, runs, done: event.type === 'done' });
    }
    const now_ms = performance.now();
    if (event.type === 'sample' && now_ms - this.#drawn_ms < kInterval_ms) return;
    this.#drawn_ms = now_ms;
    this.update([this.#title, ...[...this.#rows.values()].slice(-kShown).map(line)].join('\n'));
  }

  close() {
    this.update.done();
  }
}

/** @param {NodeJS.WriteStream} stream */
export const startView = (stream) =>
  stream.isTTY ? new TerminalView(stream) : new PlainView(stream);

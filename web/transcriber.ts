// The transcriber: options in, calls to the worker, results and errors out.
import * as Comlink from 'comlink';
import type { AudioSource } from './audio.js';
import { audioSource, decodeFile } from './audio.js';
import type { Connection } from './connection.js';
import { connect } from './connection.js';
import { abortError, BusyError, ClosedError, isAbort, OptionError, WorkerError } from './errors.js';
import type { LiveCaptions } from './live.js';
import { startListening } from './live_call.js';
import { LiveListener, LiveStream } from './live_kinds.js';
import type { LiveLink, LivePart } from './live_link.js';
import type { ListenOptions, LiveOptions, LiveSource } from './live_types.js';
import { checkSource } from './media.js';
import { Recording } from './mic.js';
import {
  checkListenOptions,
  checkStreamOptions,
  checkTranscribeOptions,
  checkTranscriberOptions,
} from './options.js';
import { CallQueue } from './queue.js';
import type { Transcript } from './result.js';
import { RunningCall } from './running_call.js';
import type { ModelSource } from './source.js';
import { modelSource, vadSource } from './source.js';
import { autoThreads, logicalCores } from './threads.js';
import { deliver, sessionOptions, toTranscript } from './transcribe_call.js';
import type {
  AudioInput,
  TranscribeOptions,
  TranscriberInfo,
  TranscriberOptions,
  Variant,
} from './types.js';
import { hasThreads, pickVariant } from './variants.js';
import type { HostApi, OpenReply, OpenRequest, Reply, TranscribeReply } from './wire.js';
import { fromWire } from './wire.js';

/** The call id of open(). */
const kOpenCall = 0;

// Samples that a call sends along: a window of Whisper's at its own rate. Short audio then needs no
// question and answer between worker and page.
const kFirst_samples = 30 * 16000;

function threadsOf(variant: Variant, wanted: 'auto' | number): number {
  if (!hasThreads(variant)) return 1;
  return wanted === 'auto' ? autoThreads(logicalCores()) : wanted;
}

/** Turns audio into text. Made by {@link createTranscriber}. */
export class Transcriber {
  #settings: Pick<TranscriberOptions, 'onProgress'> &
    Pick<OpenRequest, 'precision' | 'threads' | 'vad'>;
  #model: ModelSource;
  #variant: Variant;
  #connection: Connection | undefined;
  #opened: OpenReply | undefined;
  #queue = new CallQueue();
  #calls = new Map<number, RunningCall>();
  #nextId = kOpenCall + 1;
  #closing = new AbortController();
  #live: LiveCaptions | undefined;

  private constructor(options: TranscriberOptions, variant: Variant) {
    // Which JavaScript can call nevertheless.
    if (variant === undefined) {
      throw new OptionError('Transcriber: expected createTranscriber() to make it; got new');
    }
    // Not all of the options, which may hold the model's bytes.
    this.#settings = {
      precision: options.precision ?? 'auto',
      threads: threadsOf(variant, options.threads ?? 'auto'),
      vad: { model: vadSource(options), wanted: options.vadModel !== undefined },
      onProgress: options.onProgress,
    };
    this.#model = modelSource(options);
    this.#variant = variant;
  }

  /** @internal Use {@link createTranscriber}. */
  static async create(options: TranscriberOptions): Promise<Transcriber> {
    checkTranscriberOptions(options);
    const { signal } = options;
    if (signal?.aborted) throw abortError(signal);
    const made = new Transcriber(
      options,
      await pickVariant(options.variant ?? 'auto', options.threads),
    );
    try {
      await made.#untilStopped(made.#open(), signal);
    } catch (error) {
      made.close();
      throw error;
    }
    return made;
  }

  /** What it runs on: build, threads, model, and how long loading took. */
  get info(): TranscriberInfo {
    const { model, threads, dotFlavour, download_ms, compile_ms, load_ms } = this
      .#opened as OpenReply;
    const timings = { download_ms, compile_ms, load_ms };
    return { variant: this.#variant, threads, dotFlavour, model: { ...model }, timings };
  }

  /** Whether close() was called. */
  get closed(): boolean {
    return this.#closing.signal.aborted;
  }

  /**
   * Transcribes audio. Calls on one transcriber run one after another, in order. Samples are read
   * while the work goes on: do not change them until the promise settles.
   *
   * @throws {@link OptionError}, {@link AudioError}, {@link NetworkError},
   * {@link OutOfMemoryError}, {@link ClosedError}, {@link WorkerError}, or an `AbortError` when
   * `signal` stops it. The transcriber remains usable after each of them but ClosedError.
   */
  async transcribe(audio: AudioInput, options: TranscribeOptions = {}): Promise<Transcript> {
    checkTranscribeOptions(options);
    if (this.closed) throw closedError();
    const source = audioSource(audio);
    const call = this.#queue.run(() => this.#transcribe(source, options), options.signal);
    return this.#untilStopped(call, undefined);
  }

  /**
   * Captions of what is being said: of the microphone, if not given. It does one thing at a time:
   * calls of transcribe() come before or wait until it has stopped.
   *
   * @throws {@link OptionError}, {@link AudioError}, {@link BusyError} where it listens already,
   * {@link ClosedError}. `started` and `result` reject with {@link PermissionError},
   * {@link DeviceError}, {@link UnsupportedBrowserError}, and what transcribe() rejects with.
   */
  listen(source: LiveSource = 'microphone', options: ListenOptions = {}): LiveListener {
    checkListenOptions(options);
    checkSource(source);
    const make = (link: LiveLink) =>
      new LiveListener(link, options, (events) => Recording.open(source, options, events));
    return this.#goLive(make);
  }

  /**
   * Captions of samples that are pushed as they come; in Node, too.
   *
   * @throws What listen() throws.
   */
  stream(options: LiveOptions = {}): LiveStream {
    checkStreamOptions(options);
    return this.#goLive((link) => new LiveStream(link, options));
  }

  /** Frees everything. Calls that still run or wait reject with a {@link ClosedError}. */
  close(): void {
    this.#closing.abort();
    this.#live?.fail(closedError());
    this.#disconnect();
  }

  #goLive<T extends LiveCaptions>(make: (link: LiveLink) => T): T {
    if (this.closed) throw closedError();
    if (this.#live) throw new BusyError('expected to listen once at a time; stop() it before');
    const captions = make({
      reopens: this.#model.reopens,
      load_ms: this.info.timings.load_ms,
      turn: (work, signal) => this.#queue.run(work, signal),
      run: (port, live, part) => this.#runLive(port, live, part),
    });
    this.#live = captions;
    const over = () => {
      this.#live = undefined;
    };
    captions.result.then(over, over);
    return captions;
  }

  async #runLive(port: MessagePort, options: LiveOptions, part: LivePart): Promise<void> {
    const connection = await this.#connected();
    const id = this.#nextId++;
    const call = new RunningCall((event) => {
      if (event.type === 'live') part.onNews(event.news);
    });
    const started = startListening(connection, { id, options, port, part });
    return started.until(this.#during(id, connection, call, started.answer));
  }

  #disconnect(): void {
    this.#connection?.terminate();
    this.#connection = undefined;
  }

  // The promise, or an error as soon as the transcriber is closed or the signal says stop.
  #untilStopped<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const closing = this.#closing.signal;
    return new Promise<T>((resolve, reject) => {
      const onClose = () => reject(closedError());
      const onAbort = () => reject(abortError(signal));
      closing.addEventListener('abort', onClose);
      signal?.addEventListener('abort', onAbort);
      work.then(resolve, reject).finally(() => {
        closing.removeEventListener('abort', onClose);
        signal?.removeEventListener('abort', onAbort);
      });
    });
  }

  #host(): HostApi {
    return {
      emit: (id, event) => this.#calls.get(id)?.onEvent(event),
      pull: (id, maxSamples) => {
        const samples = this.#calls.get(id)?.pull(maxSamples) ?? new Float32Array(0);
        return Comlink.transfer(samples, [samples.buffer]);
      },
    };
  }

  async #open(): Promise<Connection> {
    const connection = await connect(this.#host());
    if (this.closed) {
      connection.terminate();
      throw closedError();
    }
    this.#connection = connection;
    const { onProgress, precision, threads, vad } = this.#settings;
    const call = new RunningCall((event) => {
      if (event.type === 'load') onProgress?.(event.progress);
    });
    const answer = this.#model
      .prepare(connection.remote)
      .then((model): Promise<Reply<OpenReply>> => {
        const request = { model, variant: this.#variant, threads, precision, vad };
        // A buffer that is handed over must be named beside the message that holds it.
        const buffers = model.kind === 'buffer' ? [model.buffer] : [];
        return connection.remote.open(Comlink.transfer(request, buffers));
      });
    this.#opened = await this.#during(kOpenCall, connection, call, answer);
    connection.setBusy(false);
    return connection;
  }

  // Serves a call of the worker until it has answered.
  async #during<T>(
    id: number,
    connection: Connection,
    call: RunningCall,
    answer: Promise<Reply<T>>,
  ): Promise<T> {
    this.#calls.set(id, call);
    try {
      const reply = await connection.orDeath(answer);
      call.throwIfFailed();
      if (reply.ok) return reply.value;
      if (reply.error.fatal) this.#disconnect();
      throw fromWire(reply.error);
    } catch (error) {
      if (connection.isDead()) this.#disconnect();
      throw error;
    } finally {
      this.#calls.delete(id);
    }
  }

  // The worker, or a new one in the place of one that died.
  async #connected(): Promise<Connection> {
    if (this.closed) throw closedError();
    if (this.#connection) return this.#connection;
    if (!this.#model.reopens) {
      throw new WorkerError(
        'the worker died and its model came as bytes, which were not kept; expected a new ' +
          'transcriber to be made',
      );
    }
    return this.#open();
  }

  async #transcribe(source: AudioSource, options: TranscribeOptions): Promise<Transcript> {
    const connection = await this.#connected();
    connection.setBusy(true);
    try {
      let reply = await this.#send(connection, source, options);
      if (reply.kind === 'decode') {
        const file = reply.bytes ?? (await source.file?.()) ?? new ArrayBuffer(0);
        const decoded = await decodeFile(file, reply.reason);
        reply = await this.#send(connection, decoded, options);
      }
      return toTranscript(reply as TranscribeReply);
    } finally {
      connection.setBusy(false);
    }
  }

  async #send(connection: Connection, source: AudioSource, options: TranscribeOptions) {
    const { remote } = connection;
    const { signal } = options;
    if (signal?.aborted) throw abortError(signal);
    const id = this.#nextId++;
    const stop = () => void remote.abort(id);
    const call = new RunningCall((event) => deliver(event, options), source.pull, stop);
    const first = source.pull(kFirst_samples);
    const request = {
      id,
      audio: source.request,
      first,
      session: sessionOptions(options),
      wantsTokens: options.onToken !== undefined,
    };
    signal?.addEventListener('abort', stop);
    try {
      const sent = Comlink.transfer(request, [first.buffer]);
      return await this.#during(id, connection, call, remote.transcribe(sent));
    } catch (error) {
      // The worker knows that it was stopped, but not the signal's reason.
      if (isAbort(error) && signal?.aborted) throw abortError(signal);
      throw error;
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }
}

const closedError = () => new ClosedError('expected an open transcriber; it was closed');

/**
 * Loads a model into a worker and returns the transcriber that runs it.
 *
 * @throws {@link OptionError}, {@link NetworkError}, {@link ModelFormatError},
 * {@link ModelChecksumError}, {@link UnsupportedModelError}, {@link UnsupportedBrowserError},
 * {@link OutOfMemoryError}, {@link WorkerError}, or an `AbortError` when `signal` stops it.
 */
export function createTranscriber(options: TranscriberOptions = {}): Promise<Transcriber> {
  return Transcriber.create(options);
}

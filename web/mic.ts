// Recording: a media stream through the audio thread to the worker. The page hears how it goes.
import { UnsupportedBrowserError, WorkerError } from './errors.js';
import type { LiveAudio, LiveAudioEvents } from './live_audio.js';
import type { CaptureOptions, LiveHealth, LiveSource } from './live_types.js';
import type { OpenedMedia } from './media.js';
import { openMedia } from './media.js';
import { kNoOutput_ms, kWatch_ms, Watchdog } from './watchdog.js';
import { kProcessorName, type WorkletCommand, type WorkletReport } from './worklet_wire.js';

// How long the audio thread may take to say that the end was sent.
const kEnd_ms = 500;

const after = (time_ms: number) => new Promise<void>((resolve) => setTimeout(resolve, time_ms));

// Firefox says whether it would let audio run, and is the browser whose audio needs a device to run by;
// others run it without one.
function mayRun(context: AudioContext): boolean {
  const { navigator } = globalThis as { navigator?: { getAutoplayPolicy?(of: object): string } };
  return navigator?.getAutoplayPolicy?.(context) === 'allowed';
}

async function startRecorder(context: AudioContext): Promise<AudioWorkletNode> {
  if (!context.audioWorklet) {
    throw new UnsupportedBrowserError(
      'expected AudioWorklet, which pages by https or on localhost have; got none',
    );
  }
  const url = new URL('./worklet.js', import.meta.url);
  try {
    await context.audioWorklet.addModule(url);
  } catch (cause) {
    throw new WorkerError(`${url.href}: expected the package's worklet; it did not load`, {
      cause,
    });
  }
  // The output is silent; it is connected so that every browser keeps the node at work.
  return new AudioWorkletNode(context, kProcessorName, { numberOfInputs: 1, numberOfOutputs: 1 });
}

export class Recording implements LiveAudio {
  #context: AudioContext;
  #node: AudioWorkletNode;
  #media: OpenedMedia;
  #input: MediaStreamAudioSourceNode | undefined;
  #watchdog: Watchdog;
  #timer: ReturnType<typeof setInterval>;
  #isClosed = false;
  #isReopening = false;
  #isLost = false;
  #onEnded: (() => void) | undefined;

  private constructor(
    private source: LiveSource,
    private options: CaptureOptions,
    private readonly events: LiveAudioEvents,
    parts: { context: AudioContext; node: AudioWorkletNode; media: OpenedMedia },
  ) {
    this.#context = parts.context;
    this.#node = parts.node;
    this.#media = parts.media;
    this.#watchdog = this.#newWatchdog();
    this.#node.port.onmessage = ({ data }: MessageEvent<WorkletReport>) => this.#onReport(data);
    this.#node.onprocessorerror = () => {
      events.failed(new WorkerError('the audio thread failed; expected it to go on'));
    };
    this.#node.connect(this.#context.destination);
    this.#plug(parts.media);
    this.#context.onstatechange = () => this.#onContext();
    this.#onContext();
    this.#timer = setInterval(() => this.#tick(), kWatch_ms);
    navigator.mediaDevices?.addEventListener('devicechange', this.#onDevices);
    document.addEventListener('visibilitychange', this.#onVisible);
  }

  /** Opens a source, for which the browser may ask the person. */
  static async open(
    source: LiveSource,
    options: CaptureOptions,
    events: LiveAudioEvents,
  ): Promise<Recording> {
    const media = await openMedia(source, options);
    // At the device's own rate: the engine brings it to the model's, and Firefox would not take a
    // stream of another rate.
    const context = new AudioContext({ latencyHint: 'interactive' });
    try {
      const node = await startRecorder(context);
      return new Recording(source, options, events, { context, node, media });
    } catch (error) {
      media.release();
      void context.close();
      throw error;
    }
  }

  get sampleRate(): number {
    return Math.round(this.#context.sampleRate);
  }

  attach(port: MessagePort, from_s: number): void {
    this.#tell({ type: 'attach', port, from_s }, [port]);
  }

  pause(): void {
    this.#watchdog.setPaused(true, performance.now());
    this.#tell({ type: 'pause' });
  }

  async resume(): Promise<void> {
    this.#tell({ type: 'resume' });
    this.#watchdog.setPaused(false, performance.now());
    // Without a sound device that would be for ever; by then it is known that there is none.
    await Promise.race([this.#context.resume(), after(kNoOutput_ms)]);
    if (this.#isLost) await this.#reopen();
  }

  /** Listens to another source from here on. */
  async use(source: LiveSource, options: CaptureOptions): Promise<void> {
    const given = Object.entries(options).filter(([, value]) => value !== undefined);
    const { deviceId: _, ...rest } = this.options;
    // Another source is not the device that was chosen for this one.
    const merged = { ...rest, ...Object.fromEntries(given) };
    const media = await openMedia(source, merged);
    if (this.#isClosed) {
      media.release();
      return;
    }
    this.source = source;
    this.options = merged;
    this.#replace(media);
  }

  end(): Promise<boolean> {
    return new Promise((resolve) => {
      this.#onEnded = () => resolve(true);
      this.#tell({ type: 'end' });
      // A context that is suspended may not answer.
      setTimeout(() => resolve(false), kEnd_ms);
    });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#timer);
    navigator.mediaDevices?.removeEventListener('devicechange', this.#onDevices);
    document.removeEventListener('visibilitychange', this.#onVisible);
    this.#unplug();
    this.#tell({ type: 'end' });
    this.#node.disconnect();
    this.#context.onstatechange = null;
    void this.#context.close();
  }

  #tell(command: WorkletCommand, transfer: Transferable[] = []): void {
    this.#node.port.postMessage(command, transfer);
  }

  #newWatchdog(): Watchdog {
    const { expectsSound } = this.#media;
    const tell = (health: LiveHealth) => this.events.health(health);
    return new Watchdog({ expectsSound }, tell, performance.now());
  }

  #plug(media: OpenedMedia): void {
    this.#media = media;
    this.#input = this.#context.createMediaStreamSource(media.stream);
    this.#input.connect(this.#node);
    for (const track of media.stream.getAudioTracks()) track.addEventListener('ended', this.#onEnd);
  }

  #unplug(): void {
    const { stream, release } = this.#media;
    for (const track of stream.getAudioTracks()) track.removeEventListener('ended', this.#onEnd);
    this.#input?.disconnect();
    this.#input = undefined;
    release();
  }

  #replace(media: OpenedMedia): void {
    this.#unplug();
    this.#plug(media);
    this.#isLost = false;
    const { health } = this.#watchdog;
    this.#watchdog = this.#newWatchdog();
    if (health !== 'ok') this.events.health('ok');
    this.#onContext();
  }

  #onReport(report: WorkletReport): void {
    if (report === 'ended') {
      this.#onEnded?.();
      return;
    }
    this.#watchdog.block(performance.now(), report);
    this.events.report(report);
  }

  // What is shared ends when the person says so; a microphone ends only when it is taken away.
  #onEnd = (): void => {
    if (this.#media.stream.getAudioTracks().some(({ readyState }) => readyState === 'live')) return;
    if (this.source === 'display') {
      this.events.ended();
      return;
    }
    this.#isLost = true;
    this.#watchdog.setLost(true, performance.now());
    void this.#reopen();
  };

  #onDevices = (): void => {
    if (this.#isLost) void this.#reopen();
  };

  #onVisible = (): void => {
    if (document.visibilityState === 'visible') void this.#context.resume().catch(() => {});
  };

  #onContext(): void {
    const isSuspended = this.#context.state !== 'running';
    this.#watchdog.setSuspended(isSuspended, performance.now(), mayRun(this.#context));
  }

  #tick(): void {
    // Whether the browser would let it run changes without an event.
    this.#onContext();
    this.#watchdog.tick(performance.now());
  }

  // Where it cannot be opened now, it is tried again when devices change, or by resume().
  async #reopen(): Promise<void> {
    if (!this.#media.reopens || this.#isReopening) return;
    this.#isReopening = true;
    try {
      const media = await openMedia(this.source, this.options, true);
      if (this.#isClosed || !this.#isLost) media.release();
      else this.#replace(media);
    } catch {
      // It stays lost, which was told.
    } finally {
      this.#isReopening = false;
    }
  }
}

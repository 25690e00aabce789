// The audio thread's part: cuts what it hears into blocks, which go straight to the worker. The page
// hears of their loudness only. This file is loaded by its address, as worker.js is.
import { BlockWriter } from './block_writer.js';
import type { AudioMessage, ReturnedBlock } from './live_wire.js';
import { kProcessorName, type WorkletCommand, type WorkletReport } from './worklet_wire.js';

declare const sampleRate: number;
declare const registerProcessor: (name: string, processor: unknown) => void;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}

class Recorder extends AudioWorkletProcessor {
  #sink: MessagePort | undefined;
  #isRecording = true;
  #hasEnded = false;
  // Filled anew for every message, so that sending makes no garbage of ours.
  #transfer: Transferable[] = [];
  #writer = new BlockWriter(Math.round(sampleRate), {
    block: (block) => {
      this.#transfer[0] = block.samples.buffer as ArrayBuffer;
      this.#sink?.postMessage(block, this.#transfer);
    },
    report: (report) => this.#report(report),
  });

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<WorkletCommand>) => this.#obey(data);
  }

  #report(report: WorkletReport): void {
    this.port.postMessage(report);
  }

  #obey(command: WorkletCommand): void {
    if (command.type === 'attach') this.#attach(command.port, command.from_s);
    if (command.type === 'resume') this.#isRecording = true;
    if (command.type === 'pause' && this.#isRecording) this.#say('pause');
    if (command.type === 'end' && !this.#hasEnded) {
      this.#say('end');
      this.#hasEnded = true;
      this.#report('ended');
    }
  }

  #attach(port: MessagePort, from_s: number): void {
    this.#sink?.close();
    this.#sink = port;
    port.onmessage = ({ data }: MessageEvent<ReturnedBlock>) => this.#writer.give(data.samples);
    this.#writer.refill();
    this.#writer.repeat(Math.round(from_s * sampleRate));
    // Whoever had the port before was told, and is gone.
    if (!this.#isRecording) port.postMessage({ type: this.#hasEnded ? 'end' : 'pause' });
  }

  #say(type: 'pause' | 'end'): void {
    this.#writer.flush();
    this.#isRecording = false;
    this.#sink?.postMessage({ type } satisfies AudioMessage);
  }

  process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const channels = inputs[0];
    // The output stays silent, and is there to say how long a quantum is where no input is.
    const frames = channels?.[0]?.length ?? outputs[0]?.[0]?.length ?? 0;
    if (this.#isRecording && this.#sink && channels) this.#writer.write(channels, frames);
    // Another worker may still ask for what was said.
    return true;
  }
}

registerProcessor(kProcessorName, Recorder);

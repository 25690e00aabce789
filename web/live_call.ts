// The call to the worker that live captions are for as long as they run.
import * as Comlink from 'comlink';
import type { Connection } from './connection.js';
import type { LivePart } from './live_link.js';
import type { LiveOptions } from './live_types.js';
import type { ListenRequest } from './live_wire.js';
import type { Reply } from './wire.js';

interface LiveCall {
  id: number;
  options: LiveOptions;
  /** Where the audio comes from. */
  port: MessagePort;
  part: LivePart;
}

function toRequest({ id, options, port }: LiveCall): ListenRequest {
  const { vad, language, task, policy, stepMs, beamSize, initialPrompt, hotwords } = options;
  const wanted = vad === undefined ? 'auto' : vad ? 'on' : 'off';
  const heard = { language, task, initialPrompt, hotwords, vad: wanted } as const;
  return { id, port, live: { ...heard, policy, stepMs, beamSize } };
}

/** Calls the worker, and tells it when it should stop or finish, `until` the call has ended. */
export function startListening(connection: Connection, call: LiveCall) {
  const { remote } = connection;
  const { id, part, port } = call;
  const stop = () => void remote.abort(id);
  const finish = () => void remote.finish(id);
  connection.setBusy(true);
  const request = Comlink.transfer(toRequest(call), [port]);
  const answer: Promise<Reply<void>> = remote.listen(request);
  if (part.stop.aborted) stop();
  if (part.finish.aborted) finish();
  part.stop.addEventListener('abort', stop);
  part.finish.addEventListener('abort', finish);
  const until = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } finally {
      part.stop.removeEventListener('abort', stop);
      part.finish.removeEventListener('abort', finish);
      connection.setBusy(false);
    }
  };
  return { answer, until };
}

// SpeechRecognition over a transcriber that the tests play.
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { loadPackage } from '../lib/assets.mjs';

const { DeviceError, SpeechRecognition } = await loadPackage();

const kUpdate = { words: [], tentative: '', lagMs: 0 };

// Captions that give what the test says, and end when they are stopped.
class FakeCaptions extends EventTarget {
  started = Promise.resolve();
  #updates = [];
  #wake = () => {};
  #isStopped = false;

  say(update) {
    this.#updates.push({ ...kUpdate, ...update });
    this.#wake();
  }

  speak(isSpeaking) {
    this.dispatchEvent(new CustomEvent('speech', { detail: isSpeaking }));
  }

  async stop() {
    this.#isStopped = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator]() {
    for (;;) {
      const update = this.#updates.shift();
      if (update) yield update;
      else if (this.#isStopped) return;
      else await new Promise((resolve) => (this.#wake = resolve));
    }
  }
}

function begin(set = {}, { multilingual = false, fail } = {}) {
  const captions = new FakeCaptions();
  const asked = [];
  const transcriber = {
    info: { model: { multilingual } },
    listen: (...given) => {
      if (fail) throw fail;
      asked.push(given);
      return captions;
    },
  };
  SpeechRecognition.settings = { transcriber };
  const recognition = Object.assign(new SpeechRecognition(), set);
  const events = [];
  for (const type of ['start', 'audiostart', 'speechstart', 'speechend', 'audioend', 'end']) {
    recognition.addEventListener(type, () => events.push(type));
  }
  recognition.onresult = ({ resultIndex, results }) => {
    events.push(`${resultIndex} ${[...results].map(([{ transcript }]) => transcript).join('|')}`);
  };
  recognition.onerror = ({ error }) => events.push(`error ${error}`);
  const ended = new Promise((resolve) => recognition.addEventListener('end', resolve));
  recognition.start();
  return { recognition, captions, asked, events, ended };
}

const untilListening = () => new Promise((resolve) => setImmediate(resolve));

test('one phrase is enough where it is not to go on', async () => {
  const { captions, asked, events, ended } = begin({ lang: 'en-GB' });
  await untilListening();
  captions.speak(true);
  captions.say({ phrase: 0, confirmed: 'And', isFinal: false });
  captions.say({ phrase: 0, confirmed: 'And so', isFinal: true });
  await ended;
  assert.equal(asked[0][1].language, 'en');
  assert.deepEqual(events, [
    ...['start', 'audiostart', 'speechstart', '0 And so'],
    ...['speechend', 'audioend', 'end'],
  ]);
});

test('phrase after phrase, with what is not final, until it is stopped', async () => {
  const { recognition, captions, events, ended } = begin({
    continuous: true,
    interimResults: true,
  });
  await untilListening();
  captions.say({ phrase: 0, confirmed: '', tentative: 'And', isFinal: false });
  captions.say({ phrase: 0, confirmed: 'And so', isFinal: true });
  captions.say({ phrase: 1, confirmed: 'Ask', isFinal: true });
  await untilListening();
  assert.throws(() => recognition.start(), { name: 'InvalidStateError' });
  recognition.stop();
  await ended;
  assert.deepEqual(events.slice(2, -2), ['0 And', '0 And so', '1 And so| Ask']);
  recognition.stop(); // Nothing runs: nothing happens.
  recognition.abort();
});

test('who waits for one phrase gives up where nobody speaks', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const { events, ended } = begin();
    await untilListening();
    mock.timers.tick(7900);
    await untilListening();
    assert.ok(!events.includes('audioend'));
    mock.timers.tick(200);
    await ended;
    assert.deepEqual(events.slice(-3), ['audioend', 'error no-speech', 'end']);
  } finally {
    mock.timers.reset();
  }
});

test('failures have the names of the Web Speech API', async () => {
  const german = begin({ lang: 'de-DE' });
  await german.ended;
  assert.deepEqual(german.events, ['error language-not-supported', 'end']);
  const multilingual = begin({ lang: 'de-DE' }, { multilingual: true });
  await untilListening();
  assert.equal(multilingual.asked[0][1].language, 'de');
  multilingual.recognition.stop();
  await multilingual.ended;
  const mute = begin({}, { fail: new DeviceError('none') });
  await mute.ended;
  assert.deepEqual(mute.events, ['error audio-capture', 'end']);
});

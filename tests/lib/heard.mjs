// How much of the sample speech a live transcript has. Live text may miss a word or hear another one,
// where the machine is busy and looks at the audio at other times; it must not miss more than that.

const kSpeech =
  'and so my fellow americans ask not what your country can do for you ask what you can do for your country';

const wordsOf = (text) => text.toLowerCase().match(/[a-z']+/g) ?? [];

/** Words of the sample speech in all. */
export const kSpokenWords = wordsOf(kSpeech).length;

/** How many of them a text has, in their order: the longest common subsequence. */
export function heardWords(text) {
  const heard = wordsOf(text);
  let row = new Array(heard.length + 1).fill(0);
  for (const word of wordsOf(kSpeech)) {
    const next = [0];
    heard.forEach((other, i) => {
      next.push(word === other ? row[i] + 1 : Math.max(row[i + 1], next[i]));
    });
    row = next;
  }
  return row.at(-1);
}

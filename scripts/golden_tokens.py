#!/usr/bin/env python3
"""Writes tests/golden/tokens.bin: what openai-whisper's tokenizer makes of 10,000 strings.

The strings are drawn by a small generator that tests/unit/text/golden_strings.h repeats draw by
draw, so that only a hash of each result is kept.

Layout, 64-bit little-endian words:
  [kStrings]    hash of the GPT-2 tokens of each drawn string
  [kStrings]    hash of the multilingual tokens of each
  [kByteStrings]  hash of bytes.decode(errors='replace') of each drawn byte string
  [1]           hash of the classes of all code points
  [n]           hash of the GPT-2 tokens of each line of tokens_sentences.txt
  [n]           hash of the multilingual tokens of each line
A hash is FNV-1a of 64 bits over the tokens as 32-bit little-endian words, over UTF-8 bytes, or
over one byte for each code point (surrogates left out).

Usage: pip install openai-whisper && python3 scripts/golden_tokens.py
"""

import pathlib
import struct
import sys

import tiktoken
from whisper.tokenizer import get_tokenizer

from unicode_tables import SCALARS, class_of_each

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "tests/golden"
STRINGS = 10_000
BYTE_STRINGS = 2_000

SPACES = [
    0x20, 0x20, 0x20, 0x0A, 0x0A, 0x09, 0x0D, 0x0B, 0x0C, 0x1C, 0x85, 0xA0, 0x1680, 0x180E, 0x2003,
    0x2009, 0x200B, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF,
]  # fmt: skip
CONTRACTIONS = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d", "'S", "'LL", "'x", "'l", "\u2019s"]
PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
EMOJI = [
    "\U0001F469\u200D\U0001F680", "\U0001F44B\U0001F3FD", "\u2764\uFE0F\u200D\U0001F525",
    "\U0001F1F3\U0001F1FF", "\U0001F468\u200D\U0001F469\u200D\U0001F467", "\U0001F600", "\u266A",
    "1\uFE0F\u20E3",
]  # fmt: skip
# First and last code point: Latin-1, Latin extended, Greek, Cyrillic, Hebrew, Arabic, Devanagari,
# Thai, Ethiopic, combining marks, general punctuation, super- and subscripts, number forms and
# arrows, mathematical operators, kana, Han, Hangul, private use, compatibility Han, full-width,
# Linear B, cuneiform numbers, mathematical letters, emoji, Han extension B, tags.
RANGES = [
    (0xA0, 0xFF), (0x100, 0x24F), (0x370, 0x3FF), (0x400, 0x4FF), (0x590, 0x5FF), (0x600, 0x6FF),
    (0x900, 0x97F), (0xE00, 0xE7F), (0x1200, 0x137F), (0x300, 0x36F), (0x2000, 0x206F),
    (0x2070, 0x209F), (0x2150, 0x21FF), (0x2200, 0x22FF), (0x3040, 0x30FF), (0x4E00, 0x9FFF),
    (0xAC00, 0xD7A3), (0xE000, 0xE0FF), (0xF900, 0xFAFF), (0xFF00, 0xFFEF), (0x10000, 0x100FA),
    (0x12400, 0x1247F), (0x1D400, 0x1D7FF), (0x1F300, 0x1F6FF), (0x20000, 0x2A6DF),
    (0xE0000, 0xE007F),
]  # fmt: skip
# Bytes at the borders of UTF-8's grammar.
BYTES = [
    0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC,
    0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFE, 0xFF,
]  # fmt: skip


class Draw:
    """Knuth's MMIX linear congruential generator; the high bits are the good ones."""

    def __init__(self, seed):
        self.state = seed

    def below(self, bound):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % bound

    def one_of(self, items):
        return items[self.below(len(items))]


def part(draw, words):
    kind = draw.below(12)
    if kind <= 2:
        return " " + draw.one_of(words)
    if kind == 3:
        return draw.one_of(words)
    if kind == 4:
        return "".join(chr(draw.one_of(SPACES)) for _ in range(1 + draw.below(4)))
    if kind == 5:
        return "".join(chr(0x30 + draw.below(10)) for _ in range(1 + draw.below(6)))
    if kind == 6:
        return "".join(draw.one_of(PUNCTUATION) for _ in range(1 + draw.below(4)))
    if kind == 7:
        return draw.one_of(CONTRACTIONS)
    if kind == 8:
        first, last = draw.one_of(RANGES)
        return "".join(chr(first + draw.below(last - first + 1)) for _ in range(1 + draw.below(4)))
    if kind == 9:
        return draw.one_of(EMOJI)
    if kind == 10:
        base = chr(0x61 + draw.below(26))
        return base + "".join(chr(0x300 + draw.below(0x70)) for _ in range(1 + draw.below(3)))
    code_point = draw.below(0x110000 - 0x800)
    return chr(code_point + 0x800 if code_point >= 0xD800 else code_point)


def drawn_string(draw, words):
    return "".join(part(draw, words) for _ in range(1 + draw.below(12)))


def drawn_bytes(draw):
    return bytes(draw.one_of(BYTES) for _ in range(1 + draw.below(10)))


def fnv1a(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


def token_hash(encoding, text):
    tokens = encoding.encode_ordinary(text)
    assert encoding.decode(tokens) == text
    return fnv1a(struct.pack(f"<{len(tokens)}i", *tokens))


def main():
    sentences = (GOLDEN / "tokens_sentences.txt").read_text("utf-8").splitlines()
    words = [word for line in sentences for word in line.split(" ")]
    draw = Draw(1)
    strings = [drawn_string(draw, words) for _ in range(STRINGS)]
    byte_strings = [drawn_bytes(draw) for _ in range(BYTE_STRINGS)]
    classes = class_of_each()
    encodings = [get_tokenizer(multilingual).encoding for multilingual in (False, True)]

    hashes = [token_hash(e, text) for e in encodings for text in strings]
    hashes += [fnv1a(b.decode("utf-8", errors="replace").encode()) for b in byte_strings]
    hashes.append(fnv1a(bytes(classes[c] for c in SCALARS)))
    hashes += [token_hash(e, text) for e in encodings for text in sentences]
    (GOLDEN / "tokens.bin").write_bytes(struct.pack(f"<{len(hashes)}Q", *hashes))
    print(f"tokens.bin: {len(hashes)} hashes, tiktoken {tiktoken.__version__}")

    # What tests/unit/text/tokenizer_test.cc asserts in words.
    for multilingual in (False, True):
        tokenizer = get_tokenizer(multilingual)
        tokens = tokenizer.non_speech_tokens
        digest = fnv1a(struct.pack(f"<{len(tokens)}i", *tokens))
        print(f"non_speech_tokens: {len(tokens)}, {digest:#018x}, {tokens[:8]}, {tokens[-3:]}")
        for text in sys.argv[1:]:
            print(repr(text), tokenizer.encoding.encode_ordinary(text))


if __name__ == "__main__":
    main()

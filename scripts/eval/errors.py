"""Word and character errors of texts, by openai-whisper's own normalisers."""

import pathlib
import sys
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

# openai-whisper's whisper/normalizers, as the set-up brings it (scripts/assets.mjs): the package
# itself asks for PyTorch.
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / ".cache/assets"))
from normalizers import BasicTextNormalizer, EnglishTextNormalizer  # noqa: E402

# Languages that are written without spaces: their words are letters, as in the paper (Radford et
# al., 2022, appendix D.2.4), and Cantonese, which came later.
SPACELESS = frozenset(["zh", "yue", "ja", "th", "lo", "my"])

_english = EnglishTextNormalizer()
_letters = BasicTextNormalizer(split_letters=True)
_basic = BasicTextNormalizer()


def normalize(text, language):
    """The words that count: what is left of them differs in more than spelling."""
    if language in ("en", "none"):
        return _english(text).split()
    return (_letters if language in SPACELESS else _basic)(text).split()


@dataclass
class Errors:
    """Substitutions, deletions and insertions, and what they are a part of."""

    words: int = 0
    word_errors: int = 0
    characters: int = 0
    character_errors: int = 0

    def __add__(self, other):
        return Errors(
            self.words + other.words,
            self.word_errors + other.word_errors,
            self.characters + other.characters,
            self.character_errors + other.character_errors,
        )

    @property
    def wer(self):
        """The rate, above 1 where more was written than said; None where nothing was said."""
        return self.word_errors / self.words if self.words else None

    @property
    def cer(self):
        return self.character_errors / self.characters if self.characters else None


def count_errors(said, written, language):
    """Of one clip. A space counts as a character, where the language has any."""
    a, b = normalize(said, language), normalize(written, language)
    space = "" if language in SPACELESS else " "
    letters_a, letters_b = space.join(a), space.join(b)
    return Errors(
        len(a),
        Levenshtein.distance(a, b),
        len(letters_a),
        Levenshtein.distance(letters_a, letters_b),
    )


def list_changes(reference, text, language):
    """Words in which two transcripts differ: a line for each place, and how many they are."""
    a, b = normalize(reference, language), normalize(text, language)
    lines, changed = [], 0
    for what, a0, a1, b0, b1 in _joined(Levenshtein.opcodes(a, b)):
        changed += max(a1 - a0, b1 - b0)
        before, after = " ".join(a[max(a0 - 1, 0) : a0]), " ".join(a[a1 : a1 + 1])
        words = f"[{' '.join(a[a0:a1])} -> {' '.join(b[b0:b1])}]"
        lines.append(" ".join(part for part in (before, words, after) if part))
    return lines, changed


def _joined(opcodes):
    """What is not equal, neighbours in one."""
    places = []
    for op in opcodes:
        if op.tag == "equal":
            continue
        if places and places[-1][2] == op.src_start and places[-1][4] == op.dest_start:
            places[-1] = (op.tag, places[-1][1], op.src_end, places[-1][3], op.dest_end)
        else:
            places.append((op.tag, op.src_start, op.src_end, op.dest_start, op.dest_end))
    return places

"""What the updates of a live session say about each word: when it was shown, and when confirmed."""

from dataclasses import dataclass, field

from errors import Errors, count_errors, normalize
from rapidfuzz.distance import Levenshtein

# Words at the end of the confirmed text beside which tentative ones are looked for: more than a
# word that is confirmed otherwise than it was shown moves them.
NEARBY_WORDS = 8


@dataclass
class Recording:
    said: str
    # Words of the whole, with their times; None where it is heard again and again, so that its lags
    # are not looked for.
    offline: list | None = None


@dataclass
class Outcome:
    """Of one policy, over any number of recordings. Lags are in milliseconds."""

    shown: list = field(default_factory=list)
    confirmed: list = field(default_factory=list)
    last: list = field(default_factory=list)  # of each clip's last word, from the end of the clip
    passes: list = field(default_factory=list)  # what each took
    rounds: list = field(default_factory=list)  # of the recordings, each: what its rounds took
    audio_ms: float = 0
    offline_errors: Errors = field(default_factory=Errors)
    errors: Errors = field(default_factory=Errors)
    retractions: int = 0
    heap_growth_bytes: int = 0

    @property
    def busy_ms(self):
        return sum(sum(rounds) for rounds in self.rounds)

    def __add__(self, other):
        fields = self.__dataclass_fields__
        return Outcome(**{name: getattr(self, name) + getattr(other, name) for name in fields})


def pairs(a, b):
    """Places of equal words in two lists, in their order."""
    for op in Levenshtein.opcodes(a, b):
        if op.tag == "equal":
            yield from zip(range(op.src_start, op.src_end), range(op.dest_start, op.dest_end))


def timeline(updates, language):
    """Texts after each update as words: (shown_ms, confirmed, confirmed and tentative)."""
    before, states = "", []
    for update in updates:
        text = before + update["confirmed"]
        whole = text + update["tentative"]
        states.append((update["shown_ms"], normalize(text, language), normalize(whole, language)))
        if update["isFinal"]:
            before = text + " "
    return states


def first_times(states):
    """When each word of the final text was first shown, and when it was confirmed."""
    final = states[-1][1] if states else []
    shown, confirmed = [None] * len(final), [None] * len(final)
    for time_ms, certain, whole in states:
        for i in range(len(final)):
            if confirmed[i] is None and i < len(certain):
                confirmed[i] = time_ms
        base = max(0, len(certain) - NEARBY_WORDS)
        for _, i in pairs(whole[base:], final[base : len(whole) + NEARBY_WORDS]):
            if shown[base + i] is None:
                shown[base + i] = time_ms
    shown = [min(s, c) if s is not None else c for s, c in zip(shown, confirmed, strict=True)]
    return final, shown, confirmed


def lost_words(before, after):
    """Words of a text that another one, which should begin with it, has not or has otherwise."""
    if after.startswith(before):
        return 0
    a, b = before.split(), after.split()
    changed = sum(x != y for x, y in zip(a, b, strict=False))
    return changed + max(0, len(a) - len(b))


def count_retractions(updates, text):
    """Confirmed words that a later update of their phrase, or the final text of the phrases, changed."""
    changed, said = 0, {}
    for update in updates:
        changed += lost_words(said.get(update["phrase"], ""), update["confirmed"])
        said[update["phrase"]] = update["confirmed"]
    phrases = [phrase.strip() for phrase in text]
    return changed + sum(
        lost_words(confirmed, phrases[phrase] if phrase < len(phrases) else "")
        for phrase, confirmed in said.items()
    )


def last_lags(updates, spans, language):
    """From the end of each clip to the confirmation of the last word in it."""
    lags = []
    for begin_s, end_s in spans:
        times = [update["shown_ms"] for update in updates
                 if any(begin_s <= word["start"] < end_s and normalize(word["word"], language)
                        for word in update["words"])]  # fmt: skip
        if times:
            lags.append(max(times) - end_s * 1000)
    return lags


def judge(recording, updates, totals, language):
    """Of one recording. `totals`: the last line of its replay."""
    outcome = Outcome(
        passes=totals["passes_ms"],
        rounds=[totals["rounds_ms"]],
        audio_ms=totals["audio_ms"] * len(totals["rounds_ms"]),
        retractions=count_retractions(updates, totals["text"]),
        heap_growth_bytes=totals["heap_growth_bytes"],
    )
    live = " ".join(phrase.strip() for phrase in totals["text"])
    outcome.errors = count_errors(recording.said, live, language)
    if recording.offline is not None:
        offline = "".join(word["word"] for word in recording.offline)
        outcome.offline_errors = count_errors(recording.said, offline, language)
        outcome.last = last_lags(updates, totals["spans"], language)
        _add_lags(outcome, recording.offline, timeline(updates, language), language)
    return outcome


def _add_lags(outcome, offline, states, language):
    """Of the words that are the same live and offline."""
    final, shown, confirmed = first_times(states)
    # A word may be normalised to several, or to none.
    spoken = [(part, word["end"] * 1000) for word in offline
              for part in normalize(word["word"], language)]  # fmt: skip
    for i, j in pairs([part for part, _ in spoken], final):
        outcome.shown.append(shown[j] - spoken[i][1])
        outcome.confirmed.append(confirmed[j] - spoken[i][1])

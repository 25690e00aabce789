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
    offline: list = field(default_factory=list)  # words of the whole, with their times


@dataclass
class Outcome:
    """Of one policy, over any number of recordings. Lags are in milliseconds."""

    shown: list = field(default_factory=list)
    confirmed: list = field(default_factory=list)
    last: list = field(default_factory=list)  # of each clip's last word, from the end of the clip
    passes: list = field(default_factory=list)  # what each took
    busy_ms: float = 0
    audio_ms: float = 0
    offline_errors: Errors = field(default_factory=Errors)
    errors: Errors = field(default_factory=Errors)
    retractions: int = 0
    heap_growth_bytes: int = 0

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
    text, states = "", []
    for update in updates:
        text += update["confirmed"]
        whole = text + update["tentative"]
        states.append((update["shown_ms"], normalize(text, language), normalize(whole, language)))
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


def count_retractions(states):
    """Confirmed words that are not in the final text where they were."""
    final = states[-1][1] if states else []
    return max((sum(a != b for a, b in zip(certain[:-1], final)) for _, certain, _ in states),
               default=0)  # fmt: skip


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
    states = timeline(updates, language)
    final, shown, confirmed = first_times(states)
    # A word may be normalised to several, or to none.
    spoken = [(part, word["end"] * 1000) for word in recording.offline
              for part in normalize(word["word"], language)]  # fmt: skip
    outcome = Outcome(
        last=last_lags(updates, totals["spans"], language),
        passes=[update["pass_ms"] for update in updates if update["pass_ms"] > 0],
        busy_ms=totals["busy_ms"],
        audio_ms=totals["audio_ms"],
        retractions=count_retractions(states),
        heap_growth_bytes=totals["heap_growth_bytes"],
    )
    for i, j in pairs([part for part, _ in spoken], final):
        outcome.shown.append(shown[j] - spoken[i][1])
        outcome.confirmed.append(confirmed[j] - spoken[i][1])
    offline = "".join(word["word"] for word in recording.offline)
    live = "".join(update["confirmed"] for update in updates)
    outcome.offline_errors = count_errors(recording.said, offline, language)
    outcome.errors = count_errors(recording.said, live, language)
    return outcome

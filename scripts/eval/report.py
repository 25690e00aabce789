"""What an evaluation found, as an object and as a table."""

from dataclasses import asdict, dataclass

from clips import Clip
from errors import Errors, count_errors, list_changes, normalize


@dataclass
class Row:
    clip: Clip
    text: str
    ours: Errors | None  # None where the clip does not count
    theirs: Errors | None  # of the reference, where it has the clip


def make_rows(clips, texts):
    rows = []
    for clip, text in zip(clips, texts, strict=True):
        counts = {"ours": None, "theirs": None}
        if clip.counts:
            counts["ours"] = count_errors(clip.said, text, clip.language)
            if clip.reference is not None:
                counts["theirs"] = count_errors(clip.said, clip.reference, clip.language)
        rows.append(Row(clip, text, **counts))
    return rows


def changes(rows):
    """Lines that say where the texts differ from the reference's; words that do, and all words."""
    lines, changed, words = [], 0, 0
    for row in rows:
        if row.clip.reference is None:
            continue
        found, count = list_changes(row.clip.reference, row.text, row.clip.language)
        lines += [f"{row.clip.file}: {line}" for line in found]
        changed += count
        words += len(normalize(row.clip.reference, row.clip.language))
    return lines, changed, words


def totals(rows):
    """Errors of all clips that count; the reference's of those, None unless it has each of them."""
    counted = [row for row in rows if row.ours]
    ours = sum((row.ours for row in counted), Errors())
    complete = bool(counted) and all(row.theirs for row in counted)
    return ours, sum((row.theirs for row in counted), Errors()) if complete else None


def invented_words(rows, texts_of):
    """Words written where nobody speaks."""
    silent = [row for row in rows if row.clip.language == "none" and texts_of(row) is not None]
    return sum(len(normalize(texts_of(row), "en")) for row in silent)


def _rates(ours, theirs):
    return {
        "words": ours.words,
        "word_errors": ours.word_errors,
        "wer": ours.wer,
        "cer": ours.cer,
        "reference_wer": theirs.wer if theirs else None,
        "reference_cer": theirs.cer if theirs else None,
    }


def to_object(rows, settings, reference):
    """Everything, for programs: rates are parts of 1."""
    clips = []
    for row in rows:
        clip = {
            "file": row.clip.file,
            "language": row.clip.language,
            "said": row.clip.said,
            "text": row.text,
            "reference": row.clip.reference,
            "counts": row.clip.counts,
        }
        clips.append(clip | (_rates(row.ours, row.theirs) if row.ours else {}))
    languages = sorted({row.clip.language for row in rows if row.ours})
    of = lambda language: [row for row in rows if row.clip.language == language]  # noqa: E731
    _, changed, compared = changes(rows)
    return {
        "settings": {key: str(value) if key == "model" else value
                     for key, value in asdict(settings).items()},
        "reference": reference,
        "clips": clips,
        "languages": {language: _rates(*totals(of(language))) for language in languages},
        **_rates(*totals(rows)),
        "invented_words": invented_words(rows, lambda row: row.text),
        "reference_invented_words": invented_words(rows, lambda row: row.clip.reference),
        "changed_words": changed,
        "compared_words": compared,
    }  # fmt: skip


def _percent(rate):
    return "-" if rate is None else f"{100 * rate:.2f}"


def _line(name, ours, theirs):
    rates = [ours.wer, ours.cer, theirs and theirs.wer, theirs and theirs.cer]
    cells = "".join(f"{_percent(rate):>9}" for rate in rates)
    return f"{name:<32}{ours.words:>6}{cells}"


def to_table(rows, reference):
    """For people: rates in percent, where the texts differ, and the totals at the end."""
    lines = [f"{'clip':<32}{'words':>6}{'WER %':>9}{'CER %':>9}{'ref. WER':>9}{'ref. CER':>9}"]
    lines += [_line(row.clip.file, row.ours, row.theirs) for row in rows if row.ours]
    places, changed, compared = changes(rows)
    if places:
        lines += ["", "words that differ from the reference's:", *[f"  {line}" for line in places]]
    lines += ["", lines[0].replace("clip", "    ")]
    languages = sorted({row.clip.language for row in rows if row.ours})
    if len(languages) > 1:
        for language in languages:
            of = [row for row in rows if row.clip.language == language]
            lines.append(_line(language, *totals(of)))
    counted = sum(1 for row in rows if row.ours)
    lines.append(_line(f"{counted} clips", *totals(rows)))
    if any(row.clip.language == "none" for row in rows):
        written = invented_words(rows, lambda row: row.text)
        lines.append(f"{written} words written where nobody speaks")
    if reference:
        lines.append(f"{changed} of {compared} words differ from the reference: {reference}")
    return lines

"""Clips of a manifest, and what the reference writes of them.

A manifest is a file of JSON lines: `file` (beside the manifest), `text` (what is said; null where
nobody knows), and where there are any, `lang` (en if not given, none: nobody speaks), `seconds`,
`ref_hyp` (what a reference writes) and `exclude_from_wer`.
"""

import json
import pathlib
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parents[2]
# What openai-whisper in f32 writes, as scripts/eval_reference.py found: a file for each model and
# search.
REFERENCES = ROOT / "tests/wer/reference"


@dataclass
class Clip:
    file: str  # as the manifest has it
    path: pathlib.Path
    language: str
    said: str | None
    counts: bool  # among the word errors
    reference: str | None
    seconds: float | None = None


def read_lines(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def read_manifest(path):
    clips = []
    for line in read_lines(path):
        said = line.get("text")
        # Where nobody speaks there is no word to be wrong about: `said` stays, nothing counts.
        counts = bool(said) and not line.get("exclude_from_wer", False)
        language = line.get("lang", "en")
        file = pathlib.Path(path).parent / line["file"]
        reference, seconds = line.get("ref_hyp"), line.get("seconds")
        clips.append(Clip(line["file"], file, language, said, counts, reference, seconds))
    return clips


def reference_file(model, beam):
    """The committed reference of a model, by the name that its file begins with; None: there is none."""
    search = "greedy" if beam == 1 else f"beam{beam}"
    known = [path for path in REFERENCES.glob(f"*-{search}.jsonl")]
    stem = pathlib.Path(model).name
    names = {path.name.removesuffix(f"-{search}.jsonl"): path for path in known}
    # The longest name first: base.en is not base.
    for name in sorted(names, key=len, reverse=True):
        if stem == name or stem.startswith((f"{name}-", f"{name}.sotto", f"{name}.bin")):
            return names[name]
    return None


def take_references(clips, path):
    """Puts the texts of a reference in place of the manifest's own, unless it knows none of the clips.

    True where it knows any; those that it does not know have no reference then. Another manifest may
    have a file of the same name: where both tell how long it is, that must agree.
    """
    lines = {line["file"]: line for line in read_lines(path)}

    def text_of(clip):
        line = lines.get(clip.file)
        if line is None or clip.seconds != line.get("seconds", clip.seconds):
            return None
        return line["text"]

    texts = [text_of(clip) for clip in clips]
    if all(text is None for text in texts):
        return False
    for clip, text in zip(clips, texts, strict=True):
        clip.reference = text
    return True

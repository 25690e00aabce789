#!/usr/bin/env python3
"""Windows of a long recording decoded together say what they say one after another.

The English clips of ../shared/eval (or $SOTTO_EVAL) are joined to one recording of some minutes, which
the native command transcribes without and with --batch-size. Batched windows are cut at silences and
know nothing of the text before them, so that a few words may differ: held against each other are their
errors.
"""

import pathlib
import sys
import tempfile
import wave

from run import EVAL, ROOT, read_clips

from decode import COMMAND, run  # noqa: E402
from errors import count_errors, list_changes, normalize  # noqa: E402

PAUSE_SECONDS = 1.0
BATCH = 8
# As between int8 and f32, half a point of errors. In words 5 of 100 were measured to differ, with as many
# errors before and after: the sonnets, which are hard to hear, are heard in other windows.
MAX_WER_DIFFERENCE = 0.005
MAX_CHANGED = 0.08


def join(clips, out):
    """One WAV of all clips, with a pause behind each; they are mono, 16 bits, of one rate."""
    with wave.open(str(out), "wb") as joined:
        for clip in clips:
            with wave.open(str(clip.path)) as part:
                if joined.getnframes() == 0:
                    joined.setparams(part.getparams())
                joined.writeframes(part.readframes(part.getnframes()))
                joined.writeframes(bytes(2 * int(PAUSE_SECONDS * part.getframerate())))


def transcribe(file, batch_size):
    model = ROOT / "models/tiny.en-q8.sotto"
    command = [COMMAND, "transcribe", "--jsonl", "--model", model, "--vad",
               "--batch-size", str(batch_size), file]  # fmt: skip
    return "".join(line.get("text", "") for line in run(command))


def main():
    if not (EVAL / "manifest.jsonl").exists():
        print(f"skipped: no clips, {EVAL / 'manifest.jsonl'} is not there")
        print("0 passed, 0 failed, 1 skipped")
        return
    clips = [clip for clip in read_clips(1) if clip.counts]
    said = " ".join(clip.said for clip in clips)
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "joined.wav"
        join(clips, file)
        one, several = transcribe(file, 1), transcribe(file, BATCH)

    errors = [count_errors(said, text, "en") for text in (one, several)]
    lines, changed = list_changes(one, several, "en")
    print("\n".join(lines))
    words = len(normalize(one, "en"))
    print(f"one by one {errors[0].wer:.2%}, {BATCH} together {errors[1].wer:.2%} of {errors[0].words} "
          f"words; {changed} of {words} written words differ")  # fmt: skip
    checks = [
        errors[1].wer <= errors[0].wer + MAX_WER_DIFFERENCE,
        changed <= MAX_CHANGED * words,
    ]
    print(f"{sum(checks)} passed, {len(checks) - sum(checks)} failed")
    sys.exit(0 if all(checks) else 1)


if __name__ == "__main__":
    main()

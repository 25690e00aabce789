"""What sotto writes of clips: by the native command, or by the package in Node."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
from dataclasses import dataclass

from clips import ROOT

COMMAND = pathlib.Path(os.environ.get("SOTTO_BUILD", ROOT / "build")) / "native/sotto"


@dataclass
class Settings:
    model: pathlib.Path  # a file, or a folder of published weights
    precision: str = "q8"
    window: str = "auto"  # what of a window is encoded; openai-whisper takes all: full
    beam: int = 1
    threads: int = 1
    variant: str | None = None  # a WebAssembly variant, in place of the native command


# The reference was made at temperature 0, each window by itself, as random numbers cannot be
# compared, and does not listen for speech first.
def reference_options(settings):
    return {
        "encoderWindow": settings.window,
        "beamSize": settings.beam,
        "temperatures": [0],
        "conditionOnPreviousText": False,
        "vad": False,
    }


def reference_flags(settings):
    return ["--encoder-window", settings.window, "--beam-size", str(settings.beam),
            "--temperatures", "0", "--no-condition-on-previous-text", "--no-vad"]  # fmt: skip


def run(command):
    result = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    if result.returncode != 0:
        sys.exit(f"{command[0]} ended with {result.returncode}")
    return [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]


def container(model, folder):
    """The model as a container: a folder's weights are written to one as they are, in 16 bits."""
    if not model.is_dir():
        return model
    out = pathlib.Path(folder) / f"{model.name}-f16.sotto"
    command = [COMMAND, "convert", model, out, "--dtype", "f16"]
    result = subprocess.run(command, stderr=subprocess.PIPE, text=True)
    if result.returncode != 0:
        sys.exit(result.stderr.strip())
    return out


def is_multilingual(model):
    info = subprocess.run([COMMAND, "info", "--json", model], stdout=subprocess.PIPE, text=True)
    if info.returncode != 0:
        sys.exit(f"cannot read the model {model}")
    return json.loads(info.stdout)["multilingual"]


def transcribe_in(language, files, model, settings):
    """The text of each file, by its path."""
    texts = {str(file): "" for file in files}
    if settings.variant:
        # As many threads as the variant has of itself: most compute on one.
        engine = {"variant": settings.variant, "precision": settings.precision,
                  "model": str(model)}  # fmt: skip
        options = reference_options(settings) | {"language": language}
        script = ROOT / "scripts/eval/transcribe.mjs"
        lines = run(["node", script, json.dumps(engine), json.dumps(options), *files])
    else:
        lines = run([COMMAND, "transcribe", "--jsonl", "--model", model, "--language", language,
                     "--precision", settings.precision, "--threads", str(settings.threads),
                     *reference_flags(settings), *files])  # fmt: skip
    for line in lines:
        texts[line["file"]] += line.get("text", "")
    return texts


def spoken_in(clip):
    return "en" if clip.language == "none" else clip.language


def transcribe(settings, clips):
    """Of clips in a language that the model knows: those, and their texts in the same order."""
    with tempfile.TemporaryDirectory() as folder:
        model = container(settings.model, folder)
        by_language = {}
        for clip in clips:
            by_language.setdefault(spoken_in(clip), []).append(clip)
        if not is_multilingual(model):
            by_language = {"en": by_language.get("en", [])}
        # By language and path: a file may stand in a manifest more than once.
        texts = {}
        for language, group in by_language.items():
            if group:
                said = transcribe_in(language, [clip.path for clip in group], model, settings)
                texts |= {(language, path): text for path, text in said.items()}
    known = [clip for clip in clips if (spoken_in(clip), str(clip.path)) in texts]
    return known, [texts[spoken_in(clip), str(clip.path)].strip() for clip in known]

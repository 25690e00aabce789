#!/usr/bin/env python3
"""Writes tests/wer/reference: what openai-whisper in f32 writes of the clips of a manifest.

Usage, with the environment that scripts/golden_model.py tells of and the weights of
`node scripts/setup.mjs assets assets:base`:
  .cache/venv-golden/bin/python scripts/eval_reference.py MODEL BEAM MANIFEST

MODEL is tiny.en or base; BEAM is 1 for greedy search. Each window is decoded by itself, at
temperature 0, in the language that the manifest names (English where nobody speaks). The file is
MODEL-greedy.jsonl or MODEL-beamN.jsonl, a clip a line: `file` and `seconds`, as the manifest has
them, and `text`.
"""

import json
import pathlib
import sys

import torch
import whisper

from golden_model import ASSETS, ROOT, load_model, read_clip


def main():
    name, beam, manifest = sys.argv[1], int(sys.argv[2]), pathlib.Path(sys.argv[3])
    torch.set_num_threads(1)
    model = load_model(ASSETS / name)
    settings = {"temperature": 0.0, "condition_on_previous_text": False, "fp16": False}
    if beam > 1:
        settings["beam_size"] = beam
    search = f"beam{beam}" if beam > 1 else "greedy"
    out = ROOT / f"tests/wer/reference/{name}-{search}.jsonl"
    out.parent.mkdir(exist_ok=True)
    with open(manifest, encoding="utf-8") as lines, open(out, "w", encoding="utf-8") as file:
        for clip in map(json.loads, lines):
            language = "en" if clip["lang"] == "none" else clip["lang"]
            if language != "en" and not model.is_multilingual:
                continue
            audio = read_clip(manifest.parent / clip["file"])
            result = whisper.transcribe(model, audio, language=language, **settings)
            line = {"file": clip["file"], "seconds": clip["seconds"],
                    "text": result["text"].strip()}  # fmt: skip
            print(json.dumps(line, ensure_ascii=False), file=file, flush=True)


if __name__ == "__main__":
    main()

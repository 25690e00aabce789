#!/usr/bin/env python3
"""Word and character error rate over a manifest: see npm run eval -- --help."""

import argparse
import json
import pathlib
import sys

from clips import read_manifest, reference_file, take_references
from decode import Settings, transcribe
from report import make_rows, to_object, to_table


def evaluate(settings, clips, reference=None):
    """Rows of the clips that the model can do, and where the reference's texts come from.

    `reference`: a file of them, in place of the one that is known.
    """
    path = reference or reference_file(settings.model, settings.beam)
    if path and take_references(clips, path):
        source = path.name.removesuffix(".jsonl")
    else:
        source = "the manifest's ref_hyp" if any(clip.reference for clip in clips) else None
    return make_rows(*transcribe(settings, clips)), source


def main():
    parser = argparse.ArgumentParser(prog="npm run eval --")
    parser.add_argument("--manifest", type=pathlib.Path, required=True)
    parser.add_argument("--model", type=pathlib.Path, required=True)
    parser.add_argument("--beam", type=int, default=1)
    parser.add_argument("--precision", choices=["q8", "f32"], default="q8")
    parser.add_argument("--window", choices=["auto", "full"], default="auto")
    parser.add_argument("--variant")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--reference", type=pathlib.Path)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    settings = Settings(args.model, args.precision, args.window, args.beam, args.threads,
                        args.variant)  # fmt: skip
    clips = read_manifest(args.manifest)
    missing = [str(clip.path) for clip in clips if not clip.path.exists()]
    if missing:
        sys.exit(f"{missing[0]}: no such file")
    rows, source = evaluate(settings, clips, reference=args.reference)
    if args.json:
        print(json.dumps(to_object(rows, settings, source), ensure_ascii=False, indent=1))
    else:
        print("\n".join(to_table(rows, source)))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""How far live text is behind the speaker, and how right it is: see npm run bench:live -- --help."""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

from clips import ROOT, read_manifest
from live_lags import Outcome, Recording, judge
from live_report import to_objects, to_table

# The last one is none of the package's.
POLICIES = ["both", "agreement", "alignatt", "window"]
# Clips are joined until they are as long, with a pause behind each that ends an utterance.
LEAST_SECONDS = 60
PAUSE_SECONDS = 1.2
LEAD_SECONDS = 0.5


def join(clips):
    """Lists of clips that make a recording each."""
    groups, seconds = [[]], 0.0
    for clip in clips:
        if seconds >= LEAST_SECONDS:
            groups.append([])
            seconds = 0.0
        groups[-1].append(clip)
        seconds += (clip.seconds or 0) + PAUSE_SECONDS
    return [group for group in groups if group]


def parts_of(group):
    """Files and silences in seconds."""
    parts = [LEAD_SECONDS]
    for clip in group:
        parts += [str(clip.path), PAUSE_SECONDS]
    return parts


def replay(node, job):
    """Lines of scripts/eval/replay.mjs."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(job, file)
        file.flush()
        script = ROOT / "scripts/eval/replay.mjs"
        # The package's own modules are TypeScript.
        command = [node, "--experimental-strip-types", "--disable-warning=ExperimentalWarning"]
        result = subprocess.run([*command, script, file.name], stdout=subprocess.PIPE, text=True)
    if result.returncode != 0:
        sys.exit(f"the replay ended with {result.returncode}")
    return [json.loads(line) for line in result.stdout.splitlines()]


def evaluate(node, job, groups):
    """An Outcome for each policy, over all recordings."""
    outcomes = {policy: Outcome() for policy in job["policies"]}
    said = [" ".join(clip.said for clip in group) for group in groups]
    recordings = [Recording(" ".join([text] * job["rounds"])) for text in said]
    updates = {}
    for line in replay(node, job):
        key = (line["recording"], line.get("policy"))
        if "offline" in line:
            recordings[line["recording"]].offline = line["offline"]
        elif "audio_ms" in line:
            recording = recordings[line["recording"]]
            outcomes[line["policy"]] += judge(recording, updates.pop(key, []), line, job["language"])
        else:
            updates.setdefault(key, []).append(line)
    return outcomes


def main():
    parser = argparse.ArgumentParser(prog="npm run bench:live --")
    parser.add_argument("--manifest", type=pathlib.Path, required=True)
    parser.add_argument("--model", type=pathlib.Path, required=True)
    parser.add_argument("--vad", type=pathlib.Path, required=True)
    parser.add_argument("--node", type=pathlib.Path, required=True)
    parser.add_argument("--chromium", type=pathlib.Path)
    parser.add_argument("--variant", required=True)
    parser.add_argument("--language", default="en")
    parser.add_argument("--policy", action="append", choices=POLICIES)
    parser.add_argument("--options", type=json.loads, default={})
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--block-ms", type=int, default=50)
    parser.add_argument("--pass-ms", type=int)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    clips = [clip for clip in read_manifest(args.manifest)
             if clip.counts and clip.language == args.language]  # fmt: skip
    if not clips:
        sys.exit(f"{args.manifest}: expected clips in {args.language} with a text; got none")
    missing = [str(clip.path) for clip in clips if not clip.path.exists()]
    if missing:
        sys.exit(f"{missing[0]}: no such file")
    groups = join(clips) if args.rounds == 1 else [clips]
    job = {
        "variant": args.variant,
        "model": str(args.model.resolve()),
        "vad": str(args.vad.resolve()),
        "language": args.language,
        "options": args.options,
        "policies": args.policy or (POLICIES if args.chromium is None else POLICIES[:3]),
        "chromium": args.chromium and str(args.chromium),
        "recordings": [parts_of(group) for group in groups],
        "rounds": args.rounds,
        "block_ms": args.block_ms,
        "pass_ms": args.pass_ms,
    }
    outcomes = evaluate(str(args.node), job, groups)
    if args.json:
        print(json.dumps(to_objects(outcomes, args.variant, len(clips)), indent=1))
    else:
        print("\n".join(to_table(outcomes, args.variant, len(clips))))


if __name__ == "__main__":
    main()

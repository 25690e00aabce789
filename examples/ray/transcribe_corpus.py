#!/usr/bin/env python3
"""Transcribes a corpus on a Ray cluster, with every clip exactly once in the result.

Each actor of a Ray Data pool keeps one `sotto transcribe --jsonl`, which loads the model once, and
feeds it line by line. README.md has the usage.
"""

import argparse
import json
import math
import os
import subprocess
import sys
from pathlib import Path

SOUNDS = {".wav", ".flac", ".ogg", ".opus", ".mp3", ".aiff"}
# Clips that an actor is given at a time, and does again if it dies over them.
CLIPS_PER_TASK = 8
# Times that a clip is tried on an engine that ends over it.
ATTEMPTS = 3
# For a cluster of this machine alone. What passes through is text; less than 75 MB Ray refuses.
OBJECT_STORE_BYTES = 100 * 2**20


class Engine:
    """An actor with one running `sotto`, which is replaced when it ends."""

    def __init__(self, command: list[str]):
        self.command = command
        self.process = None

    def __call__(self, batch: dict) -> dict:
        return {"line": [self.transcribe(clip) for clip in batch["clip"]]}

    def transcribe(self, clip: str) -> str:
        """The line of a clip, which is JSON: what sotto says, or why it says nothing."""
        for _ in range(ATTEMPTS):
            if self.process is None:
                pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
                self.process = subprocess.Popen(self.command, **pipes, text=True, encoding="utf-8")
            line = self.ask(clip)
            if line is not None:
                return line
            code = self.process.wait()
            self.process = None
        message = f"{ATTEMPTS} engines ended over it, the last with {code}"
        error = {"name": "EngineEnded", "message": message}
        given = json.loads(clip)
        return json.dumps({"file": given["path"], "error": error, "input": given})

    def ask(self, clip: str) -> str | None:
        """The answer to one line; none where the process ends first, in its midst or before."""
        try:
            self.process.stdin.write(clip + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            return None
        line = self.process.stdout.readline()
        return line.removesuffix("\n") if line.endswith("\n") else None


def read_corpus(corpus: Path) -> dict[str, dict]:
    """The clips of a folder or a manifest by their paths, which are absolute."""
    if corpus.is_dir():
        files = (file for file in sorted(corpus.rglob("*")) if file.suffix.lower() in SOUNDS)
        return {path: {"path": path} for path in (str(file.resolve()) for file in files)}
    clips = {}
    with corpus.open(encoding="utf-8") as lines:
        for clip in (json.loads(line) for line in lines if line.strip()):
            path = str((corpus.parent / (clip.get("path") or clip["file"])).resolve())
            clips[path] = {**clip, "path": path}
    return clips


def keep_finished(result: Path) -> set[str]:
    """Leaves in the result what an earlier run finished, and returns the paths of it.

    Clips that failed go, to be tried again, and so does a last line that is not whole.
    """
    if not result.exists():
        return set()
    with result.open(encoding="utf-8") as lines:
        whole = [(line, json.loads(line)) for line in lines if line.endswith("\n")]
    kept = {answer["input"]["path"]: line for line, answer in whole if "error" not in answer}
    draft = result.with_name(result.name + ".partial")
    draft.write_text("".join(kept.values()), encoding="utf-8")
    draft.replace(result)
    return set(kept)


def connect(args: argparse.Namespace) -> None:
    """To the cluster, or to one of this machine, which nobody else reaches."""
    # Ray reads these when it is imported. It reports to its makers unless it is told not to, and
    # listens to the network unless it takes itself for one of the systems without clusters.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if not args.address:
        os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
        # On a busy machine its services take longer to start than the 30 s that it waits for them.
        os.environ.setdefault("RAY_agent_register_timeout_ms", "180000")
    import ray

    if args.address:
        ray.init(address=args.address)
    else:
        cpus = args.actors * args.threads
        ray.init(num_cpus=cpus, include_dashboard=False, object_store_memory=OBJECT_STORE_BYTES)


def transcribe(clips: dict[str, dict], command: list[str], args: argparse.Namespace) -> int:
    """Writes a line for each clip as it is done. Returns how many failed."""
    import ray.data

    # An actor that dies is started again and given its tasks again: Ray Data's default for pools is
    # max_restarts=-1 and max_task_retries=-1.
    lines = ray.data.from_items(
        [{"clip": json.dumps(clip)} for clip in clips.values()],
        override_num_blocks=math.ceil(len(clips) / CLIPS_PER_TASK),
    ).map_batches(
        Engine,
        fn_constructor_args=[command],
        batch_size=None,
        compute=ray.data.ActorPoolStrategy(size=args.actors),
        num_cpus=args.threads,
    )
    failed = 0
    waiting = set(clips)
    with args.result.open("a", encoding="utf-8") as out:
        for row in lines.iter_rows():
            answer = json.loads(row["line"])
            path = answer["input"]["path"]
            # Ray gives what it did again only once; should it ever give it twice, once is enough.
            if path not in waiting:
                continue
            waiting.remove(path)
            failed += "error" in answer
            out.write(row["line"] + "\n")
            out.flush()
    if waiting:
        raise RuntimeError(f"{len(waiting)} clips have no result, such as {min(waiting)}")
    return failed


def main() -> int:
    epilog = "What stands behind -- goes to sotto transcribe."
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], epilog=epilog)
    parser.add_argument("corpus", type=Path, help="a folder of sounds, or a manifest (JSON lines)")
    parser.add_argument("result", type=Path, help="the JSON lines to write, or to go on with")
    parser.add_argument("--sotto", default="sotto", help="the command, the same on every machine")
    parser.add_argument("--actors", type=int, default=2, help="engines in all (2)")
    parser.add_argument("--threads", type=int, default=1, help="threads of each (1)")
    parser.add_argument("--address", default=os.environ.get("RAY_ADDRESS"), help="of the cluster")
    end = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    args = parser.parse_args(sys.argv[1:end])
    command = [args.sotto, "transcribe", "--jsonl", "--threads", str(args.threads)]
    command += sys.argv[end + 1 :]
    # With nothing to do it loads the model and looks at its options.
    if code := subprocess.run(command, stdin=subprocess.DEVNULL).returncode:
        return code
    clips = read_corpus(args.corpus)
    finished = keep_finished(args.result)
    clips = {path: clip for path, clip in clips.items() if path not in finished}
    print(f"{len(clips)} clips to transcribe, {len(finished)} done before", file=sys.stderr)
    if not clips:
        return 0
    connect(args)
    failed = transcribe(clips, command, args)
    print(f"{len(clips) - failed} transcribed, {failed} failed", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

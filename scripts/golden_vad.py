#!/usr/bin/env python3
"""Writes tests/golden/silero: what the package silero-vad makes of speech, by its ONNX file.

Usage:
  python3 -m venv .cache/venv-golden
  .cache/venv-golden/bin/pip install --require-hashes -r scripts/requirements-golden.txt
  .cache/venv-golden/bin/python scripts/golden_vad.py

  NAME.npy      [frames, 1] f32: the probability of speech in each 32 ms of a clip. `jfk` is the clip
                of the set-up, `jfk-changed` what change() makes of it; the others come from
                ../shared/eval/wav.
  segments.txt  get_speech_timestamps_from_probs on these, and on probabilities that
                tests/unit/vad/reference_segments.h draws too, with many options. A line a case,
                tab-separated: clip, or seed and frames; samples of audio; threshold;
                neg_threshold (- for none); min_speech_ms; min_silence_ms; speech_pad_ms;
                max_speech_s (inf for none); "start-end ..." in samples.
"""

import pathlib
import wave

import numpy as np
import torch
from silero_vad import load_silero_vad
from silero_vad.utils_vad import get_speech_timestamps_from_probs

ROOT = pathlib.Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests/golden/silero"
JFK = ROOT / ".cache/assets/jfk.wav"
EVAL = ROOT / "../shared/eval/wav"
# Conversation, several languages, a telephone, and what is no speech.
CLIPS = [
    "pyannote-dev00", "wk-vad", "mfa-cold", "mls-es-13697", "pico-test-ja", "timit-LDC93S1",
    "ns-bigbuckbunny", "ns-laugh1", "ns-noise3", "ns-tone2s",
]  # fmt: skip
RATE_HZ = 16000
FRAME = 512

# threshold, neg_threshold, min_speech_ms, min_silence_ms, speech_pad_ms, max_speech_s
OPTIONS = [
    (0.5, None, 0, 2000, 400, float("inf")),  # faster-whisper's defaults
    (0.5, None, 250, 100, 30, float("inf")),  # silero-vad's
    (0.5, None, 250, 100, 30, 4.0),
    (0.5, None, 0, 0, 0, float("inf")),
    (0.5, 0.5, 100, 0, 200, 1.5),
    (0.9, 0.05, 500, 300, 100, 3.0),
    (0.1, None, 0, 160, 400, 2.0),
    (0.5, 0.35, 250, 2000, 30, 5.0),
]
DRAWN = 400


def read_clip(path: pathlib.Path) -> np.ndarray:
    with wave.open(str(path)) as clip:
        assert (clip.getframerate(), clip.getnchannels(), clip.getsampwidth()) == (RATE_HZ, 1, 2)
        samples = np.frombuffer(clip.readframes(clip.getnframes()), "<i2")
    return samples.astype(np.float32) / 32768


def change(speech: np.ndarray) -> np.ndarray:
    """Two seconds of silence inside, a whisper behind it, and an end within a frame."""
    cut = 70_001
    quiet = speech[cut:160_123] * np.float32(0.0625)
    return np.concatenate([speech[:cut], np.zeros(2 * RATE_HZ, np.float32), quiet])


class Draw:
    """Knuth's MMIX generator as in tests/unit/support/random.h."""

    def __init__(self, seed: int):
        self.state = seed * 2 + 1

    def u32(self) -> int:
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return self.state >> 32

    def below(self, bound: int) -> int:
        return self.u32() % bound

    def one_of(self, items):
        return items[self.below(len(items))]


def drawn_probabilities(seed: int) -> list[float]:
    """Runs of speech, of silence and of what lies between, in eighths and thirty-seconds that f32
    holds exactly, so that thresholds are met as well as crossed."""
    draw = Draw(seed)
    probabilities = []
    for _ in range(2 + draw.below(30)):
        level = draw.one_of([0, 2, 12, 14, 16, 20, 29, 32])
        noise = draw.one_of([1, 1, 3, 9])
        for _ in range(1 + draw.below(draw.one_of([3, 12, 60]))):
            probabilities.append(min(level + draw.below(noise), 32) / 32)
    return probabilities


def drawn_options(draw: Draw):
    threshold = draw.one_of([0.5, 0.5, 0.25, 0.875, 0.0625])
    neg_threshold = draw.one_of([None, None, threshold, threshold / 2])
    return (
        threshold, neg_threshold, draw.one_of([0, 20, 100, 250, 700]),
        draw.one_of([0, 0, 100, 500, 2000]), draw.one_of([0, 10, 20, 100, 400]),
        draw.one_of([float("inf"), 1.0, 2.5, 6.0]),
    )  # fmt: skip


def segments_line(source: str, probabilities, samples: int, options) -> str:
    threshold, neg_threshold, min_speech, min_silence, pad, max_speech = options
    speeches = get_speech_timestamps_from_probs(
        probabilities, threshold=threshold, neg_threshold=neg_threshold, sampling_rate=RATE_HZ,
        min_speech_duration_ms=min_speech, min_silence_duration_ms=min_silence,
        speech_pad_ms=pad, max_speech_duration_s=max_speech, audio_length_samples=samples,
    )  # fmt: skip
    found = " ".join(f"{s['start']}-{s['end']}" for s in speeches)
    shown = "-" if neg_threshold is None else neg_threshold
    fields = [source, samples, threshold, shown, min_speech, min_silence, pad, max_speech, found]
    return "\t".join(map(str, fields))


@torch.no_grad()
def main() -> None:
    torch.set_num_threads(1)
    GOLDEN.mkdir(parents=True, exist_ok=True)
    jfk = read_clip(JFK)
    clips = {"jfk": jfk, "jfk-changed": change(jfk)}
    for name in CLIPS:
        clips[name] = read_clip(EVAL / f"{name}.wav")

    model = load_silero_vad(onnx=True, opset_version=16)
    # The file whose weights the engine takes (scripts/silero.mjs) is the same network.
    same = load_silero_vad(onnx=True, opset_version=15)
    lines = []
    for name, samples in clips.items():
        audio = torch.from_numpy(samples)
        probabilities = model.audio_forward(audio, RATE_HZ)[0].numpy()
        assert np.array_equal(same.audio_forward(audio, RATE_HZ)[0].numpy(), probabilities)
        np.save(GOLDEN / f"{name}.npy", probabilities.astype(np.float32)[:, None])
        print(f"{name}: {len(probabilities)} frames, {(probabilities > 0.5).mean():.0%} speech")
        for options in OPTIONS:
            lines.append(segments_line(name, probabilities.tolist(), len(samples), options))
    for seed in range(DRAWN):
        probabilities = drawn_probabilities(seed)
        draw = Draw(1000 + seed)
        samples = FRAME * len(probabilities) - draw.below(FRAME)
        source = f"{seed} {len(probabilities)}"
        lines.append(segments_line(source, probabilities, samples, drawn_options(draw)))
    (GOLDEN / "segments.txt").write_text("\n".join(lines) + "\n")
    print(f"segments.txt: {len(lines)} cases")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Writes the figures that tests/unit/audio/log_mel_test.cc compares with, all raw little-endian f32.

  mel_filters_{80,128}.f32    each filter: number of its first bin, count of weights, the weights
  mel_synthetic_{80,128}.f32  every STEP-th frame of a synthetic signal that the test repeats sample
                              by sample: [frames, n_mels], normalised
  mel_jfk.f32                 every JFK_STEP-th frame of the first JFK_FRAMES of the JFK clip with
                              30 s of silence behind it, 80 bins, as openai-whisper computes it

The first two are computed here in f64 from the definitions, with no FFT and no filter bank of
others, and compared with openai-whisper's. Usage, in an environment with openai-whisper:

  python3 scripts/golden_mel.py [.cache/assets/jfk.wav]
"""

import pathlib
import sys
import wave

import numpy as np
import torch
import whisper

ROOT = pathlib.Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests/golden"
RATE_HZ = 16000
FFT = 400
HOP = 160
STEP = 4
JFK_STEP = 20
JFK_FRAMES = 1200

# The synthetic signal, in samples: a chirp with noise, cut by digital silence.
LENGTH = 40_037
SILENCE = (14_000, 18_000)
CHIRP_HZ = (60.0, 7_800.0)
CHIRP = 0.4
NOISE = 0.05


def synthetic_signal() -> np.ndarray:
    """The chirp's phase is that of the closed formula; noise is a 32-bit congruential generator
    (factor and addend of Numerical Recipes), its state read as a signed number."""
    state = 1
    signal = np.zeros(LENGTH, np.float32)
    low, high = CHIRP_HZ
    for i in range(LENGTH):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        noise = (state - (1 << 32) if state >= 1 << 31 else state) / 2147483648.0
        if SILENCE[0] <= i < SILENCE[1]:
            continue
        time_s = i / RATE_HZ
        sweep = (high - low) / (2 * LENGTH / RATE_HZ)
        chirp = np.sin(2 * np.pi * (low + sweep * time_s) * time_s)
        signal[i] = np.float32(CHIRP * chirp + NOISE * noise)
    return signal


def mel_filters(n_mels: int) -> np.ndarray:
    """[n_mels, 201]: triangles of equal area on Slaney's scale, which is linear to 1 kHz."""

    def hz_of(mel):
        return np.where(mel < 15, mel * 200 / 3, 1000 * 6.4 ** ((mel - 15) / 27))

    top = 15 + 27 * np.log(RATE_HZ / 2 / 1000) / np.log(6.4)
    corners = hz_of(np.linspace(0, top, n_mels + 2))
    bins = np.arange(FFT // 2 + 1) * RATE_HZ / FFT
    filters = np.zeros((n_mels, len(bins)))
    for m in range(n_mels):
        low, center, high = corners[m : m + 3]
        triangle = np.minimum((bins - low) / (center - low), (high - bins) / (high - center))
        filters[m] = np.maximum(triangle, 0) * 2 / (high - low)
    return filters


def log_mel(signal: np.ndarray, n_mels: int) -> np.ndarray:
    """[frames, n_mels] of the signal with 30 s of silence behind it, by a plain Fourier sum."""
    padded = np.concatenate([signal.astype(np.float64), np.zeros(30 * RATE_HZ)])
    frames = len(padded) // HOP
    mirrored = np.concatenate([padded[FFT // 2 : 0 : -1], padded, np.zeros(FFT)])
    j = np.arange(FFT)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * j / FFT)
    fourier = np.exp(-2j * np.pi * np.outer(j, np.arange(FFT // 2 + 1)) / FFT)
    rows = np.stack([mirrored[f * HOP : f * HOP + FFT] for f in range(frames)])
    power = np.abs((rows * window) @ fourier) ** 2
    log = np.log10(np.maximum(power @ mel_filters(n_mels).T, 1e-10))
    return (np.maximum(log, log.max() - 8) + 4) / 4


def write(name: str, values) -> None:
    array = np.ascontiguousarray(values, "<f4")
    (GOLDEN / name).write_bytes(array.tobytes())
    print(f"{name}: {array.size} values")


def agree(what: str, ours: np.ndarray, theirs: np.ndarray, tolerance: float) -> None:
    difference = float(np.abs(ours - theirs).max())
    print(f"{what}: differs from openai-whisper by {difference:.2e}")
    if not difference < tolerance:
        sys.exit(f"{what}: expected a difference below {tolerance}, got {difference}")


def main() -> None:
    signal = synthetic_signal()
    # The last frame that sees the signal, and a few silent ones.
    frames = LENGTH // HOP + 10
    for n_mels in (80, 128):
        filters = mel_filters(n_mels)
        theirs = whisper.audio.mel_filters("cpu", n_mels).numpy()
        agree(f"filters {n_mels}", filters, theirs, 1e-8)
        sparse = []
        for row in filters:
            used = np.flatnonzero(row)
            sparse += [used[0], len(used), *row[used]]
        write(f"mel_filters_{n_mels}.f32", sparse)

        mel = log_mel(signal, n_mels)
        padding = whisper.audio.N_SAMPLES
        theirs = whisper.log_mel_spectrogram(torch.from_numpy(signal), n_mels, padding=padding)
        agree(f"synthetic {n_mels}", mel, theirs.numpy().T, 1e-4)
        write(f"mel_synthetic_{n_mels}.f32", mel[:frames:STEP])

    clip = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / ".cache/assets/jfk.wav"
    with wave.open(str(clip)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    speech = torch.from_numpy(samples.astype(np.float32) / 32768)
    theirs = whisper.log_mel_spectrogram(speech, 80, padding=whisper.audio.N_SAMPLES).numpy().T
    agree("jfk", log_mel(speech.numpy(), 80), theirs, 1e-4)
    write("mel_jfk.f32", theirs[:JFK_FRAMES:JFK_STEP])


if __name__ == "__main__":
    main()

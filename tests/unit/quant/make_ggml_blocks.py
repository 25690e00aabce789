#!/usr/bin/env python3
"""Writes ggml_blocks.h: rows of ggml blocks and the numbers they stand for.

usage: make_ggml_blocks.py > ggml_blocks.h

The numbers are worked out here from the layout as src/quant/formats.h draws it, one element at a
time, and have nothing in common with src/quant/dequantize.cc. With the PyPI package `gguf` at hand
they are also held against ggml's own Python reference. Needs numpy.
"""
import struct
import sys

import numpy as np

BLOCK = 32
# name: (bytes of a block, has an offset m, has fifth bits, what is taken off q)
TYPES = {
    "q8_0": (34, False, False, 0),
    "q5_0": (22, False, True, 16),
    "q5_1": (24, True, True, 0),
    "q4_0": (18, False, False, 8),
    "q4_1": (20, True, False, 0),
}
# Scales of every kind: ordinary, negative, subnormal as a half, zero.
SCALES = (0.0123, -0.75, 3e-7, 0.0)
OFFSETS = (-0.5, 1.25, 2.0, -65504.0)


def half(value):
    return struct.pack("<e", value)


def element(name, block, j):
    """Element j of a block, read straight from the drawing; in f32, product first, then sum."""
    _, has_m, has_high, zero = TYPES[name]
    d = np.float32(struct.unpack_from("<e", block, 0)[0])
    at = 2
    m = np.float32(0)
    if has_m:
        m = np.float32(struct.unpack_from("<e", block, at)[0])
        at += 2
    if name == "q8_0":
        return d * np.float32(struct.unpack_from("<b", block, at + j)[0])
    high = 0
    if has_high:
        high = struct.unpack_from("<I", block, at)[0] >> j & 1
        at += 4
    byte = block[at + j % 16]
    nibble = byte & 15 if j < 16 else byte >> 4
    q = nibble + 16 * high - zero
    return d * np.float32(q) + m


def make_row(name, random):
    size, has_m, _, _ = TYPES[name]
    row = b""
    for d, m in zip(SCALES, OFFSETS):
        front = half(d) + (half(m) if has_m else b"")
        row += front + random.bytes(size - len(front))
    return row


def check_with_gguf(name, row, values):
    try:
        import gguf
    except ImportError:
        print("gguf is not installed: not compared with ggml's reference", file=sys.stderr)
        return
    kind = getattr(gguf.GGMLQuantizationType, name.upper())
    reference = gguf.quants.dequantize(np.frombuffer(row, np.uint8), kind)
    assert np.array_equal(reference, values), name


def lines_of(items, per_line):
    for i in range(0, len(items), per_line):
        yield "    " + ", ".join(items[i : i + per_line]) + ","


def main():
    random = np.random.RandomState(20)
    print("// Made by make_ggml_blocks.py: four blocks of each type and what they stand for.")
    print("#pragma once\n\n#include <cstdint>\n")
    print("namespace sotto::ggml_blocks {\n")
    print("// clang-format off")
    for name, (size, _, _, _) in TYPES.items():
        row = make_row(name, random)
        blocks = [row[i : i + size] for i in range(0, len(row), size)]
        values = np.array([element(name, b, j) for b in blocks for j in range(BLOCK)], np.float32)
        check_with_gguf(name, row, values)
        print(f"inline constexpr uint8_t k_{name}_row[] = {{")
        print("\n".join(lines_of([f"0x{b:02x}" for b in row], 16)))
        print(f"}};\ninline constexpr float k_{name}_values[] = {{")
        print("\n".join(lines_of([float(v).hex() + "f" for v in values], 4)))
        print("};")
    print("// clang-format on\n")
    print("}  // namespace sotto::ggml_blocks")


if __name__ == "__main__":
    main()

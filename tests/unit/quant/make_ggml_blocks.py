#!/usr/bin/env python3
"""Writes ggml_blocks.h: rows of ggml blocks and the numbers they stand for.

usage: make_ggml_blocks.py > ggml_blocks.h

The numbers are worked out here from the layouts as src/quant/formats.h and src/quant/kquants.h draw
them, one element at a time, and have nothing in common with the code that reads them. With the PyPI package `gguf` at hand
they are also held against ggml's own Python reference. Needs numpy.
"""
import struct
import sys

import numpy as np

BLOCK = 32
SUPER_BLOCK = 256
# name: (bytes of a block, has an offset m, has fifth bits, what is taken off q)
TYPES = {
    "q8_0": (34, False, False, 0),
    "q5_0": (22, False, True, 16),
    "q5_1": (24, True, True, 0),
    "q4_0": (18, False, False, 8),
    "q4_1": (20, True, False, 0),
}
# Bytes of a super-block.
K_TYPES = {"q4_k": 144, "q5_k": 176, "q6_k": 210}
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


def scale_and_min(scales, g):
    """The 6-bit scale and minimum of group g of q4_K and q5_K."""
    if g < 4:
        return scales[g] & 63, scales[g + 4] & 63
    low = scales[g + 4]
    return low & 15 | scales[g - 4] >> 6 << 4, low >> 4 | scales[g] >> 6 << 4


def half_at(block, at):
    return np.float32(struct.unpack_from("<e", block, at)[0])


def k_element(name, block, i):
    """Element i of a super-block, likewise."""
    if name == "q6_k":
        h, c, j = i // 128, i % 128 // 32, i % 32
        byte = block[64 * h + 32 * (c % 2) + j]
        q = (byte & 15 if c < 2 else byte >> 4) | (block[128 + 32 * h + j] >> 2 * c & 3) << 4
        scale = struct.unpack_from("<b", block, 192 + i // 16)[0]
        return half_at(block, 208) * np.float32(scale) * np.float32(q - 32)
    g, j = i // 32, i % 32
    nibbles = block[-128:]
    byte = nibbles[32 * (g // 2) + j]
    q = byte & 15 if g % 2 == 0 else byte >> 4
    if name == "q5_k":
        q += 16 * (block[16 + j] >> g & 1)
    scale, low = scale_and_min(block[4:16], g)
    return half_at(block, 0) * np.float32(scale) * np.float32(q) - half_at(block, 2) * np.float32(low)


def make_k_row(name, random):
    row = b""
    for d, m in zip(SCALES, OFFSETS):
        rest = random.bytes(K_TYPES[name] - (2 if name == "q6_k" else 4))
        row += rest + half(d) if name == "q6_k" else half(d) + half(m / 64) + rest
    return row


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


def print_row(name, row, size, elements, value):
    blocks = [row[i : i + size] for i in range(0, len(row), size)]
    values = np.array([value(name, b, j) for b in blocks for j in range(elements)], np.float32)
    check_with_gguf(name, row, values)
    print(f"inline constexpr uint8_t k_{name}_row[] = {{")
    print("\n".join(lines_of([f"0x{b:02x}" for b in row], 16)))
    print(f"}};\ninline constexpr float k_{name}_values[] = {{")
    print("\n".join(lines_of([float(v).hex() + "f" for v in values], 4)))
    print("};")


def main():
    random = np.random.RandomState(20)
    print("// Made by make_ggml_blocks.py: four blocks of each type and what they stand for.")
    print("#pragma once\n\n#include <cstdint>\n")
    print("namespace sotto::ggml_blocks {\n")
    print("// clang-format off")
    for name, (size, _, _, _) in TYPES.items():
        print_row(name, make_row(name, random), size, BLOCK, element)
    for name, size in K_TYPES.items():
        print_row(name, make_k_row(name, random), size, SUPER_BLOCK, k_element)
    print("// clang-format on\n")
    print("}  // namespace sotto::ggml_blocks")


if __name__ == "__main__":
    main()

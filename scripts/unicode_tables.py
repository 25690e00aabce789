#!/usr/bin/env python3
"""Writes src/text/unicode_tables.cc: which code points are letters, numbers and white space.

The tokenizer must split text as tiktoken does, so tiktoken itself is asked, code point by code
point, rather than a Unicode database that may be of another version.

Usage: pip install tiktoken && python3 scripts/unicode_tables.py
"""

import importlib.metadata
import pathlib

import tiktoken

OUTPUT = pathlib.Path(__file__).resolve().parent.parent / "src/text/unicode_tables.cc"
SCALARS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
# The values of CharClass in src/text/unicode_classes.h.
CLASSES = {r"\p{L}": 1, r"\p{N}": 2, r"\s": 3}
PLANES = 4


def matching(pattern):
    """The code points that the pattern matches: an encoding drops what its pattern skips."""
    single_bytes = {bytes([i]): i for i in range(256)}
    probe = tiktoken.Encoding(
        "probe", pat_str=pattern, mergeable_ranks=single_bytes, special_tokens={}
    )
    tokens = probe.encode_ordinary("".join(map(chr, SCALARS)))
    return set(map(ord, bytes(tokens).decode("utf-8")))


def class_of_each():
    classes = bytearray(0x110000)
    for pattern, value in CLASSES.items():
        for code_point in matching(pattern):
            assert classes[code_point] == 0, f"U+{code_point:04X} is in two classes"
            classes[code_point] = value
    assert not any(classes[PLANES << 16 :]), "a plane without a table has members"
    return classes


def runs_of(classes):
    """(code point, class) where a class begins or a plane does, and each plane's first index."""
    runs, plane_runs = [], []
    for code_point in range(PLANES << 16):
        if code_point & 0xFFFF == 0:
            plane_runs.append(len(runs))
        elif classes[code_point] == classes[code_point - 1]:
            continue
        runs.append((code_point, classes[code_point]))
    return runs, plane_runs + [len(runs)]


def array(type_name, name, values, size=""):
    lines, line = [], "   "
    for value in values:
        if len(line) + len(f" {value},") > 100:
            lines.append(line)
            line = "   "
        line += f" {value},"
    lines.append(line)
    body = "\n".join(lines)
    return f"const {type_name} {name}[{size}] = {{\n{body}\n}};\n"


def main():
    runs, plane_runs = runs_of(class_of_each())
    packed = bytearray((len(runs) + 3) // 4)
    for i, (_, value) in enumerate(runs):
        packed[i // 4] |= value << (i % 4 * 2)
    version = importlib.metadata.version("tiktoken")
    OUTPUT.write_text(
        f"// Written by scripts/unicode_tables.py from what tiktoken {version} matches.\n"
        '#include "text/unicode_tables.h"\n\n'
        "namespace sotto {\n\n"
        "// clang-format off\n"
        + array("uint16_t", "kUnicodePlaneRuns", plane_runs, "kUnicodePlanes + 1")
        + "\n"
        + array("uint16_t", "kUnicodeRunStarts", [c & 0xFFFF for c, _ in runs])
        + "\n"
        + array("uint8_t", "kUnicodeRunClasses", packed)
        + "// clang-format on\n\n}  // namespace sotto\n"
    )
    size_bytes = 2 * len(plane_runs) + 2 * len(runs) + len(packed)
    print(f"{OUTPUT.name}: {len(runs)} runs, {size_bytes} bytes of data")


if __name__ == "__main__":
    main()

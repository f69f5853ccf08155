"""Long recordings out of a real one: its clusters again and again, their timestamps moved on.

The same as Tests/TestKit/LongRecording.swift, for benchmarks that are no Swift.
"""

import argparse
import json
import os
from typing import BinaryIO, NamedTuple

SEGMENT, CLUSTER, TRACKS, ENTRY = 0x18538067, 0x1F43B675, 0x1654AE6B, 0xAE
TIMESTAMP, SIMPLE_BLOCK, TRACK_NUMBER, TRACK_TYPE = 0xE7, 0xA3, 0xD7, 0x83


class Parts(NamedTuple):
    """A recording taken apart: what comes before the clusters, and each without its header."""

    head: bytes
    clusters: list[tuple[int, bytes]]
    blocks: int
    seconds: float
    #: How long the sound plays, in milliseconds: where the next repetition begins.
    period: int


def add_argument(parser: argparse.ArgumentParser) -> None:
    """`--recording`: what the long one is made of."""
    here = os.path.dirname(os.path.abspath(__file__))
    parser.add_argument(
        "--recording", help="a folder of a recorder's chunks with its manifest.json",
        default=os.path.join(here, "../Tests/Fixtures/cr-vp8-opus-gum-ts1000"),
    )  # fmt: skip


def parts(folder: str) -> Parts:
    """Takes a recorder's chunks in `folder` apart. It must look as Chromium or Firefox write."""
    with open(os.path.join(folder, "manifest.json")) as file:
        manifest = json.load(file)
    pieces = []
    for chunk in manifest["chunks"]:
        with open(os.path.join(folder, chunk["file"]), "rb") as file:
            pieces.append(file.read())
    data = b"".join(pieces)
    starts: list[tuple[int, int, int]] = []
    times: dict[int, list[int]] = {}
    track = sound = position = 0
    while position < len(data):
        start = position
        name, position = _number(data, position, keeps_marker=True)
        count, position = _number(data, position)
        if name == CLUSTER:
            _, position = _number(data, position, keeps_marker=True)
            count, position = _number(data, position)
            stamp = int.from_bytes(data[position : position + count], "big")
            position += count
            starts.append((start, stamp, position))
        elif name not in (SEGMENT, TRACKS, ENTRY):
            if name == TRACK_NUMBER and not starts:
                track = data[position]
            elif name == TRACK_TYPE and not starts and data[position] == 2:
                sound = track
            elif name == SIMPLE_BLOCK:
                at = int.from_bytes(data[position + 1 : position + 3], "big", signed=True)
                times.setdefault(data[position] & 0x7F, []).append(starts[-1][1] + at)
            position += count
    ends = [start for start, _, _ in starts[1:]] + [len(data)]
    clusters = [(stamp, data[body:end]) for (_, stamp, body), end in zip(starts, ends)]
    steps = sorted(b - a for a, b in zip(times[sound], times[sound][1:]))
    return Parts(
        data[: starts[0][0]],
        clusters,
        sum(map(len, times.values())),
        manifest["decoded"]["duration_s"],
        steps[len(steps) // 2] * len(times[sound]),
    )


def write(source: Parts, times: int, file: BinaryIO) -> None:
    """Writes `source` so many times."""
    file.write(source.head)
    for repetition in range(times):
        for stamp, rest in source.clusters:
            stamp += repetition * source.period
            width = max(1, (stamp.bit_length() + 7) // 8)
            file.write(b"\x1f\x43\xb6\x75\x01" + b"\xff" * 7)
            file.write(bytes((TIMESTAMP, 0x80 | width)) + stamp.to_bytes(width, "big"))
            file.write(rest)


def _number(data: bytes, position: int, keeps_marker: bool = False) -> tuple[int, int]:
    """A variable-length number (RFC 8794 section 4) and where it ends."""
    width = 9 - data[position].bit_length()
    value = int.from_bytes(data[position : position + width], "big")
    if not keeps_marker:
        value &= (1 << (7 * width)) - 1
    return value, position + width

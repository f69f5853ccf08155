"""How fast one core reads and finishes a recording of seven hours, beside mkvmerge.

`holdfast finalize` reads all of it, finds every frame, writes the finished file and syncs it;
`holdfast inspect` only reads. mkvmerge remuxes the same file and need not sync. All of them find
it warm in the page cache, one after the other, round by round; CPU and time are medians.
"""

import argparse
import math
import os
import resource
import shutil
import statistics
import subprocess
import tempfile
import time

import long_recording


def measured(command: list[str]) -> tuple[float, float]:
    """Seconds, and seconds of CPU."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    took = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--holdfast", required=True, help="the command line's program")
    parser.add_argument("--rounds", type=int, default=5)
    long_recording.add_argument(parser)
    options = parser.parse_args()
    parts = long_recording.parts(options.recording)
    times = math.ceil(830_000 / parts.blocks)
    runs: dict[str, list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory(prefix="holdfast-bench-") as folder:
        source, copy, out = (
            os.path.join(folder, name) for name in ("source.webm", "copy.webm", "out.webm")
        )
        with open(source, "wb") as file:
            long_recording.write(parts, times, file)
        for _ in range(options.rounds):
            shutil.copyfile(source, copy)
            for name, command in {
                "holdfast inspect": [options.holdfast, "inspect", source],
                "holdfast finalize": [options.holdfast, "finalize", copy],
                "mkvmerge": ["mkvmerge", "-q", "-o", out, source],
            }.items():
                runs.setdefault(name, []).append(measured(command))
            for path in (copy, copy + ".received", out):
                if os.path.exists(path):
                    os.remove(path)
        megabytes, blocks = os.path.getsize(source) / 1e6, parts.blocks * times
    print(f"{megabytes:.0f} MB, {blocks} blocks")
    print("| | seconds | CPU seconds | MB a CPU second | blocks a CPU second | to mkvmerge |")
    print("|---|---|---|---|---|---|")
    reference = statistics.median(cpu for _, cpu in runs["mkvmerge"])
    for name, found in runs.items():
        took = statistics.median(took for took, _ in found)
        cpu = statistics.median(cpu for _, cpu in found)
        print(
            f"| {name} | {took:.2f} | {cpu:.2f} | {megabytes / cpu:.0f} | {blocks / cpu:.0f} "
            f"| {reference / cpu:.1f} |"
        )


if __name__ == "__main__":
    main()

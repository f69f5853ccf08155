"""Sustained ingest of real WebM beside that of opaque bytes.

Several curl processes at once each send the same long recording (real clusters, repeated) as a
recording of their own, in chunks of 1 MiB with digests, and finalize it; then the same bytes as
application/octet-stream. The clock runs until everything has moved home, so that what follows the
containers is paid for. Round by round; medians.
"""

import argparse
import concurrent.futures
import os
import statistics
import tempfile
import time
import uuid

import long_recording
import send

TYPES = {"WebM": "video/webm;codecs=vp8,opus", "opaque": "application/octet-stream"}


def run(
    server: send.Server, media_type: str, chunks: list[tuple[str, str]], byte_count: int,
    senders: int, folder: str,
) -> tuple[float, float]:  # fmt: skip
    """Seconds, and seconds of the server's CPU."""
    server.wait_until_moved()
    recordings = [f"/recordings/{uuid.uuid4()}" for _ in range(senders)]
    folders = [os.path.join(folder, str(number)) for number in range(senders)]
    for place in folders:
        os.makedirs(place, exist_ok=True)
    before, started = server.cpu(), time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(senders) as threads:
        sent = [
            threads.submit(
                send.put_chunks, server, recording, chunks, byte_count, place, media_type)
            for recording, place in zip(recordings, folders)
        ]  # fmt: skip
        for one in sent:
            one.result()
    server.wait_until_moved()
    took, cpu = time.perf_counter() - started, server.cpu() - before
    for recording in recordings:
        server.request("DELETE", recording)
    return took, cpu


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--holdfastd", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--senders", type=int, default=4)
    parser.add_argument("--mib", type=int, default=256, help="of each recording")
    long_recording.add_argument(parser)
    options = parser.parse_args()
    parts = long_recording.parts(options.recording)
    once = sum(len(rest) for _, rest in parts.clusters)
    with tempfile.TemporaryDirectory(prefix="holdfast-bench-") as folder:
        path = os.path.join(folder, "long.webm")
        with open(path, "wb") as file:
            long_recording.write(parts, (options.mib << 20) // once, file)
        byte_count = os.path.getsize(path)
        chunks = send.cut(path, folder)
        server = send.Server(
            options.holdfastd, os.path.join(folder, "data"), options.senders * byte_count)
        runs: dict[str, list[tuple[float, float]]] = {name: [] for name in TYPES}
        try:
            for _ in range(options.rounds):
                for name, media_type in TYPES.items():
                    runs[name].append(
                        run(server, media_type, chunks, byte_count, options.senders, folder))
        finally:
            server.stop()
    total = options.senders * byte_count
    print(f"{options.senders} recordings of {byte_count / 1e6:.0f} MB at once")
    print("| | MB/s | server's CPU s per GiB |")
    print("|---|---|---|")
    medians = {}
    for name, found in runs.items():
        rate = statistics.median(total / 1e6 / took for took, _ in found)
        cpu = statistics.median(cpu for _, cpu in found) / (total / (1 << 30))
        medians[name] = rate, cpu
        print(f"| {name} | {rate:.1f} | {cpu:.2f} |")
    (rate, cpu), (opaque_rate, opaque_cpu) = medians["WebM"], medians["opaque"]
    print(f"WebM to opaque: MB/s {rate / opaque_rate:.2f}, CPU {cpu / opaque_cpu:.2f}")


if __name__ == "__main__":
    main()

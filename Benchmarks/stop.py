"""Stop to playable: from the finalize request to its 200, the artifact synced.

Each recording is real clusters of Chromium, repeated. All but its last second is sent, and has
moved from the log to its own file, as it has while one records; then comes the last second, and
the clock runs for the finalize request alone. The tools remux the same file, warm in the page
cache, and need not sync what they write.
"""

import argparse
import base64
import hashlib
import http.client
import json
import math
import os
import re
import statistics
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable

import long_recording

CHUNK_BYTES = 1 << 20
TOOLS = {
    "mkvmerge": ["mkvmerge", "-q", "-o", "OUT.webm", "IN"],
    "ffmpeg": ["ffmpeg", "-v", "error", "-nostdin", "-y", "-i", "IN", "-c", "copy", "OUT.webm"],
}


class Source:
    """A long recording on disk, cut into chunks whose digests are known; the last is a second."""

    def __init__(self, parts: long_recording.Parts, name: str, times: int, folder: str) -> None:
        self.name = name
        self.path = os.path.join(folder, name.replace(" ", "-") + ".webm")
        with open(self.path, "wb") as file:
            long_recording.write(parts, times, file)
        self.bytes = os.path.getsize(self.path)
        self.blocks = parts.blocks * times
        self.seconds = parts.seconds + (times - 1) * parts.period / 1e3
        last = self.bytes - round(self.bytes / self.seconds)
        edges = [*range(0, last, CHUNK_BYTES), last, self.bytes]
        whole = hashlib.sha256()
        self.chunks = []
        with open(self.path, "rb") as file:
            for start, end in zip(edges, edges[1:]):
                data = file.read(end - start)
                whole.update(data)
                self.chunks.append((start, end - start, digest_field(hashlib.sha256(data))))
        self.digest = digest_field(whole)


class Server:
    """A holdfastd on a free port, with its defaults but for a short wait until bytes move."""

    def __init__(self, program: str, data: str) -> None:
        self.process = subprocess.Popen(
            [
                program, "--open", "--listen", "127.0.0.1:0", "--data", data,
                "--log-level", "notice", "--checkpoint-interval-seconds", "1",
            ],
            stderr=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        for line in self.process.stderr:
            if found := re.search(r"listening on http://127\.0\.0\.1:(\d+)", line):
                self.connection = http.client.HTTPConnection("127.0.0.1", int(found[1]))
                self.connection.connect()
                return
        raise SystemExit("holdfastd did not start")

    def request(
        self, method: str, path: str, expected: int, body: bytes = b"", **fields: str
    ) -> bytes:
        named = {name.replace("_", "-"): value for name, value in fields.items()}
        self.connection.request(method, path, body, named)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != expected:
            raise SystemExit(f"{method} {path}: {answer.status} {text[:500]!r}")
        return text

    def create(self, media_type: str) -> str:
        recording = f"/recordings/{uuid.uuid4()}"
        body = json.dumps({"mediaType": media_type}).encode()
        self.request("PUT", recording, 201, body, Content_Type="application/json")
        return recording

    def put(self, recording: str, sequence: int, offset: int, data: bytes, digest: str) -> None:
        self.request(
            "PUT", f"{recording}/chunks/{offset}", 201, data,
            Chunk_Sequence=str(sequence), Content_Digest=digest,
        )  # fmt: skip

    def wait_until_moved(self) -> None:
        while self.gauge("holdfast_checkpoint_lag_bytes") > 0:
            time.sleep(0.05)

    def gauge(self, name: str) -> float:
        metrics = self.request("GET", "/metrics", 200).decode()
        return float(re.search(rf"^{name} (\S+)$", metrics, re.M)[1])

    def memory(self, key: str) -> int:
        """`VmRSS` or `VmHWM`, the peak, in bytes."""
        with open(f"/proc/{self.process.pid}/status") as file:
            return int(re.search(rf"{key}:\s+(\d+) kB", file.read())[1]) << 10

    def forget_peak(self) -> None:
        with open(f"/proc/{self.process.pid}/clear_refs", "w") as file:
            file.write("5")

    def stop(self) -> None:
        self.connection.close()
        self.process.terminate()
        self.process.communicate()


def digest_field(digest) -> str:
    return f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"


def send(server: Server, source: Source) -> str:
    """All but the last second; returns once it has moved home."""
    recording = server.create("video/webm;codecs=vp8,opus")
    with open(source.path, "rb") as file:
        for sequence, (offset, count, digest) in enumerate(source.chunks[:-1]):
            server.put(recording, sequence, offset, file.read(count), digest)
    server.wait_until_moved()
    return recording


def stop_to_playable(server: Server, source: Source, recording: str) -> float:
    """Sends the last second and finalizes; seconds that the finalize took."""
    offset, count, digest = source.chunks[-1]
    with open(source.path, "rb") as file:
        file.seek(offset)
        server.put(recording, len(source.chunks) - 1, offset, file.read(count), digest)
    request = {
        "length": source.bytes, "chunkCount": len(source.chunks), "digest": source.digest
    }  # fmt: skip
    body = json.dumps(request).encode()
    started = time.perf_counter()
    answer = server.request(
        "POST", f"{recording}/finalize", 200, body, Content_Type="application/json"
    )
    took = time.perf_counter() - started
    status = json.loads(answer)
    if status["condition"] != "complete" or status["notes"]:
        raise SystemExit(f"not complete: {answer[:500]!r}")
    if abs(status["media"]["durationSeconds"] - source.seconds) > 0.06:
        raise SystemExit(f"{status['media']['durationSeconds']} s, not {source.seconds} s")
    return took


def remux(tool: str, source: Source, folder: str) -> float:
    output = os.path.join(folder, "remuxed.webm")
    words = {"IN": source.path, "OUT.webm": output}
    command = [words.get(word, word) for word in TOOLS[tool]]
    started = time.perf_counter()
    subprocess.run(command, check=True)
    took = time.perf_counter() - started
    os.remove(output)
    return took


def measure(
    server: Server, sources: list[Source], runs: int, tool_runs: int, folder: str
) -> list[dict[str, list[float]]]:
    """Our times for each length and, spread between them, the tools'. The lengths take turns, each
    behind each, so that all find the machine alike."""
    found: list[dict[str, list[float]]] = [
        {"holdfast": [], **{tool: [] for tool in TOOLS}} for _ in sources
    ]
    for run in range(runs):
        for turn in range(len(sources)):
            place = (turn * (1 + run % 2) + run) % len(sources)
            source, times = sources[place], found[place]
            recording = send(server, source)
            times["holdfast"].append(stop_to_playable(server, source, recording))
            server.request("DELETE", recording, 204)
            if run * tool_runs // runs != (run - 1) * tool_runs // runs:
                for tool in TOOLS:
                    times[tool].append(remux(tool, source, folder))
    return found


def peak_memory(program: str, source: Source, folder: str) -> tuple[int, int]:
    """How much one recording adds to the peak of a server that has seen others: opaque bytes
    first, which bring buffers and log to their usual extent, then `source`. Also how much as
    many opaque bytes once more add."""
    server = Server(program, os.path.join(folder, "memory"))
    growths = []
    noise = os.urandom(CHUNK_BYTES)
    noise_digest = digest_field(hashlib.sha256(noise))

    def opaque() -> None:
        recording = server.create("application/octet-stream")
        for sequence in range(128):
            server.put(recording, sequence, sequence * CHUNK_BYTES, noise, noise_digest)
        server.wait_until_moved()

    def growth(work: Callable[[], object]) -> int:
        before = server.memory("VmRSS")
        server.forget_peak()
        work()
        return server.memory("VmHWM") - before

    opaque()
    growths.append(growth(opaque))
    growths.append(growth(lambda: stop_to_playable(server, source, send(server, source))))
    server.stop()
    return growths[1], growths[0]


def quantile(times: list[float], part: float) -> float:
    """The smallest that so large a part of `times` does not exceed."""
    return sorted(times)[max(0, math.ceil(part * len(times)) - 1)]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--holdfastd", required=True, help="the server's program")
    parser.add_argument("--runs", type=int, default=50, help="of ours, for each length")
    parser.add_argument("--tool-runs", type=int, default=10, help="of each tool, between ours")
    long_recording.add_argument(parser)
    parser.add_argument("--folder", help="where to work; by default the temporary folder")
    options = parser.parse_args()

    parts = long_recording.parts(options.recording)
    per_hour = 3_600_000 / parts.period
    # Seven hours and a bit, to have 830,000 blocks.
    lengths = {
        "1 minute": per_hour / 60, "1 hour": per_hour, "7 hours": 830_000 / parts.blocks
    }  # fmt: skip
    medians = {}
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        server = Server(options.holdfastd, os.path.join(folder, "data"))
        print("| length | MB | blocks | | median ms | p99 ms | to ours |")
        print("|---|---|---|---|---|---|---|")
        sources = [
            Source(parts, name, math.ceil(times), folder) for name, times in lengths.items()
        ]
        measured = measure(server, sources, options.runs, options.tool_runs, folder)
        for source, found in zip(sources, measured):
            medians[source.name] = statistics.median(found["holdfast"])
            for who, took in found.items():
                median = statistics.median(took)
                print(
                    f"| {source.name} | {source.bytes / 1e6:.1f} | {source.blocks} | {who} "
                    f"| {median * 1e3:.1f} | {quantile(took, 0.99) * 1e3:.1f} "
                    f"| {median / medians[source.name]:.1f} |"
                )
        server.stop()
        spread = max(medians.values()) / min(medians.values())
        print(f"longest to shortest of the three lengths: {spread:.2f}")
        own, opaque = peak_memory(options.holdfastd, source, folder)
        print(
            f"peak memory that one recording of {source.seconds / 3600:.1f} h adds: "
            f"{own / (1 << 20):.1f} MiB (opaque bytes once more: {opaque / (1 << 20):.1f} MiB)"
        )


if __name__ == "__main__":
    main()

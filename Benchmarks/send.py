"""Sending a file of 1 GiB: `holdfast send` beside one curl process.

curl PUTs the same chunks with digests that were worked out before, on one connection that it
keeps. Both send to one holdfastd, round by round; what was sent is deleted before the next.
Prints the medians of time and of the client's CPU, and the ratio to curl, alone and with the
digests. `holdfast send` works out CRC-32C of each chunk and SHA-256 of the whole.
"""

import argparse
import base64
import hashlib
import json
import os
import re
import resource
import ssl
import statistics
import subprocess
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Sequence

CHUNK_BYTES = 1 << 20


class Server:
    """An open holdfastd on a free port, its log as big as what is sent."""

    context: ssl.SSLContext | None = None
    """Of a server with a certificate of its own."""
    certificate: str | None = None

    def __init__(
        self, program: str, data: str, byte_count: int, extra: Sequence[str] = ()
    ) -> None:
        self.process = subprocess.Popen(
            [
                program, "--open", "--listen", "127.0.0.1:0", "--data", data,
                "--log-level", "notice", "--log-pool-bytes", str(2 * byte_count), *extra,
            ],
            stderr=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        for line in self.process.stderr:
            if found := re.search(r"listening on (https?://\S+)", line):
                self.url = found[1]
                return
        raise SystemExit("holdfastd did not start")

    def request(self, method: str, path: str, body: bytes | None = None) -> bytes:
        request = urllib.request.Request(self.url + path, body, method=method)
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, context=self.context) as answer:
            return answer.read()

    @property
    def trust(self) -> list[str]:
        """What curl is told of its certificate."""
        return ["--cacert", self.certificate] if self.certificate else []

    def wait_until_moved(self) -> None:
        """Until it has nothing left to do for what came before."""
        while True:
            metrics = self.request("GET", "/metrics").decode()
            if re.search(r"^holdfast_checkpoint_lag_bytes 0$", metrics, re.M):
                return
            time.sleep(0.1)

    def cpu(self) -> float:
        """Seconds so far."""
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        self.process.terminate()
        self.process.communicate()


def cut(path: str, folder: str) -> list[tuple[str, str]]:
    """The chunks as files, with the digest of each."""
    chunks = []
    with open(path, "rb") as file:
        while data := file.read(CHUNK_BYTES):
            name = os.path.join(folder, f"{len(chunks):06}.chunk")
            with open(name, "wb") as chunk:
                chunk.write(data)
            digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
            chunks.append((name, f"sha-256=:{digest}:"))
    return chunks


def cut_random(path: str, mib: int, folder: str) -> list[tuple[str, str]]:
    """Fills the file with bytes that nothing compresses, and cuts it."""
    with open(path, "wb") as file:
        for _ in range(mib):
            file.write(os.urandom(CHUNK_BYTES))
    return cut(path, folder)


def digest_cpu(chunks: list[tuple[str, str]]) -> float:
    """Seconds of CPU for the digests of all chunks, bytes in memory."""
    took = 0.0
    for name, _ in chunks:
        with open(name, "rb") as file:
            data = file.read()
        started = time.process_time()
        hashlib.sha256(data)
        took += time.process_time() - started
    return took


def renew(path: str, chunks: list[tuple[str, str]]) -> None:
    """Changes the first bytes: what was deleted does not come back under its id."""
    with open(chunks[0][0], "r+b") as chunk:
        chunk.write(os.urandom(16))
        chunk.seek(0)
        data = chunk.read()
    with open(path, "r+b") as file:
        file.write(data)
    digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
    chunks[0] = (chunks[0][0], f"sha-256=:{digest}:")


def measured(command: list[str]) -> tuple[float, float, str]:
    """Seconds, seconds of CPU, and what was printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    took = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return took, cpu, done.stdout


def by_holdfast(server: Server, program: str, path: str) -> tuple[float, float]:
    took, cpu, text = measured(
        [program, "send", path, "--server", server.url, "--json",
         "--media-type", "application/octet-stream"]
    )  # fmt: skip
    server.request("DELETE", "/recordings/" + json.loads(text)["id"])
    return took, cpu


def by_curl(
    server: Server, chunks: list[tuple[str, str]], byte_count: int, folder: str
) -> tuple[float, float]:
    recording = f"/recordings/{uuid.uuid4()}"
    took, cpu = put_chunks(server, recording, chunks, byte_count, folder)
    server.request("DELETE", recording)
    return took, cpu


def put_chunks(
    server: Server, recording: str, chunks: list[tuple[str, str]], byte_count: int, folder: str,
    media_type: str = "application/octet-stream",
) -> tuple[float, float]:  # fmt: skip
    """Creates, sends and finalizes a recording by one curl. Seconds, and of its CPU."""
    json_type = 'header = "Content-Type: application/json"\noutput = "/dev/null"\nfail\n'
    trust = f'cacert = "{server.certificate}"\n' if server.certificate else ""
    url = f'{trust}url = "{server.url}{recording}'
    parts = [
        f'{url}"\nrequest = PUT\n{json_type}'
        f'data = "{{\\"mediaType\\": \\"{media_type}\\"}}"\n'
    ]
    for sequence, (name, digest) in enumerate(chunks):
        parts.append(
            f'{url}/chunks/{sequence * CHUNK_BYTES}"\nupload-file = "{name}"\n'
            f'header = "Content-Digest: {digest}"\nheader = "Chunk-Sequence: {sequence}"\n'
            'header = "Expect:"\noutput = "/dev/null"\nfail\n'
        )
    parts.append(
        f'{url}/finalize"\nrequest = POST\n{json_type}'
        f'data = "{{\\"length\\": {byte_count}, \\"chunkCount\\": {len(chunks)}}}"\n'
    )
    config = os.path.join(folder, "curl.txt")
    with open(config, "w") as file:
        file.write("next\n".join(parts))
    took, cpu, _ = measured(
        ["curl", "-sS", "--fail-early", "--config", config])
    return took, cpu


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--holdfastd", required=True)
    parser.add_argument("--holdfast", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--mib", type=int, default=1024, help="of the file")
    options = parser.parse_args()
    byte_count = options.mib << 20
    with tempfile.TemporaryDirectory(prefix="holdfast-bench-") as folder:
        path = os.path.join(folder, "file.bin")
        chunks = cut_random(path, options.mib, folder)
        server = Server(options.holdfastd, os.path.join(folder, "data"), byte_count)
        ours, curls = [], []
        try:
            for _ in range(options.rounds):
                renew(path, chunks)
                server.wait_until_moved()
                ours.append(by_holdfast(server, options.holdfast, path))
                server.wait_until_moved()
                curls.append(by_curl(server, chunks, byte_count, folder))
        finally:
            server.stop()
        digests = digest_cpu(chunks) / options.mib * 1024
    gib = byte_count / (1 << 30)
    for name, place, unit in (("time", 0, "s"), ("client's CPU", 1, "s per GiB")):
        one = statistics.median(run[place] for run in ours) / (gib if place else 1)
        other = statistics.median(run[place] for run in curls) / (gib if place else 1)
        print(f"{name}: holdfast send {one:.2f}, curl {other:.2f} {unit}, ratio {one / other:.2f}")
    print(f"working out the digests that curl was handed: {digests:.2f} s per GiB; "
          f"with it, ratio of CPU {one / (other + digests):.2f}")
    for name, runs in (("holdfast send", ours), ("curl", curls)):
        print(f"{name}: " + ", ".join(f"{took:.2f} s ({cpu:.2f} s CPU)" for took, cpu in runs))


if __name__ == "__main__":
    main()

"""Slow and greedy peers beside good clients.

Four good clients take turns of a chunk of 64 KiB, durable, and a status. Their latency is taken
alone, then under attack, for each attack in turn, all in one run on one machine. What attackers
get is told too.
"""

import argparse
import hashlib
import base64
import http.client
import json
import multiprocessing
import os
import re
import socket
import statistics
import subprocess
import tempfile
import threading
import time
import uuid

CHUNK_BYTES = 64 << 10
CLIENTS = 4


class Server:
    """A holdfastd with its defaults on a free port."""

    def __init__(self, program: str, data: str) -> None:
        self.process = subprocess.Popen(
            [program, "--listen", "127.0.0.1:0", "--data", data, "--log-level", "notice", "--open"],
            stderr=subprocess.PIPE,
            text=True,
        )
        for line in self.process.stderr:
            if found := re.search(r"listening on http://127\.0\.0\.1:(\d+)", line):
                self.port = int(found[1])
                # Nobody reads what else it says; a full pipe would stop it.
                threading.Thread(target=self.process.stderr.read, daemon=True).start()
                return
        raise SystemExit("holdfastd did not start")

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


class GoodClient:
    """Keeps one connection and one recording."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.connection.connect()
        self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.path = f"/recordings/{uuid.uuid4()}"
        self.body = os.urandom(CHUNK_BYTES)
        digest = base64.b64encode(hashlib.sha256(self.body).digest()).decode()
        self.digest = f"sha-256=:{digest}:"
        self.sequence = 0
        creation = json.dumps({"mediaType": "application/octet-stream"})
        self.request("PUT", self.path, 201, creation.encode(), Content_Type="application/json")

    def request(self, method: str, path: str, expected: int, body: bytes = b"", **fields: str):
        named = {name.replace("_", "-"): value for name, value in fields.items()}
        self.connection.request(method, path, body, named)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != expected:
            raise SystemExit(f"{method} {path}: {answer.status} {text[:500]!r}")

    def turn(self) -> float:
        """Milliseconds that a chunk and a status took."""
        start = time.perf_counter()
        self.request(
            "PUT",
            f"{self.path}/chunks/{self.sequence * CHUNK_BYTES}",
            201,
            self.body,
            Chunk_Sequence=str(self.sequence),
            Content_Digest=self.digest,
        )
        self.request("GET", self.path + "/status", 200)
        self.sequence += 1
        return (time.perf_counter() - start) * 1e3


def latencies(clients: list[GoodClient], seconds: float) -> list[float]:
    """Each client's turns, twenty a second at most: good clients do not load the server."""
    taken: list[float] = []

    def run(client: GoodClient) -> None:
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            took = client.turn()
            taken.append(took)
            time.sleep(max(0, 0.05 - took / 1e3))

    threads = [threading.Thread(target=run, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


def promise(port: int, path: str, connections: int, seconds: float) -> None:
    """Bodies of 4 MiB that never come, from two addresses; who is cut promises again."""
    end = time.monotonic() + seconds
    head = (
        f"PUT {path}/chunks/0 HTTP/1.1\r\nHost: a\r\nChunk-Sequence: 0\r\n"
        f"Content-Digest: crc32c=:AAAAAA==:\r\nContent-Length: {4 << 20}\r\n\r\nx"
    ).encode()

    def one(index: int) -> socket.socket:
        peer = socket.create_connection(
            ("127.0.0.1", port), source_address=(f"127.0.0.{2 + index % 2}", 0))
        peer.sendall(head)
        peer.setblocking(False)
        return peer

    peers = [one(index) for index in range(connections)]
    while time.monotonic() < end:
        time.sleep(0.2)
        for index, peer in enumerate(peers):
            try:
                peer.recv(4096)
                peer.close()
                peers[index] = one(index)
            except BlockingIOError:
                pass


def row(name: str, taken: list[float], alone: list[float] | None) -> None:
    parts = statistics.quantiles(taken, n=100)
    text = f"{name:<34} p50 {parts[49]:6.1f} ms   p99 {parts[98]:6.1f} ms"
    if alone:
        before = statistics.quantiles(alone, n=100)
        text += f"   {parts[49] / before[49]:.2f} and {parts[98] / before[98]:.2f} times alone"
    print(text, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--holdfastd", required=True)
    parser.add_argument("--connections", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=20, help="how long each is measured")
    options = parser.parse_args()
    folder = tempfile.TemporaryDirectory(prefix="holdfast-slow-")
    server = Server(options.holdfastd, folder.name + "/data")
    clients = [GoodClient(server.port) for _ in range(CLIENTS)]
    latencies(clients, 2)

    def beside() -> list[float]:
        alone = latencies(clients, options.seconds)
        row("good clients alone", alone, None)
        return alone

    count = str(options.connections)
    rate = str(options.connections // 4)
    length = str(int(options.seconds) + 8)
    common = ["-c", count, "-r", rate, "-l", length, "-p", "3"]
    media = clients[0].path + "/media?as=received"
    modes = {
        "slow heads": ["-H", "-i", "10", "-x", "24", "-u", server.url("/healthz")],
        "slow bodies": ["-B", "-i", "10", "-s", "8192", "-u", server.url("/recordings")],
        "slow readers": [
            *["-X", "-w", "512", "-y", "1024", "-n", "5", "-z", "32", "-k", "3"],
            *["-u", server.url(media)],
        ],
    }
    for name, flags in modes.items():
        alone = beside()
        attack = subprocess.Popen(
            ["slowhttptest", *common, *flags],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        time.sleep(5)
        taken = latencies(clients, options.seconds)
        said = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", attack.communicate()[0])
        row(f"{count} {name}", taken, alone)
        answers = re.findall(r"service available: +(\w+)", said)
        print(f"    slowhttptest: service available {', '.join(sorted(set(answers)))}")
    alone = beside()
    attacker = multiprocessing.get_context("spawn").Process(
        target=promise, args=[server.port, clients[0].path, 200, options.seconds + 4])
    attacker.start()
    time.sleep(3)
    row("200 promises of 4 MiB", latencies(clients, options.seconds), alone)
    attacker.join()
    beside()
    server.process.terminate()
    if server.process.wait(30) != 0:
        raise SystemExit("holdfastd did not end well")


if __name__ == "__main__":
    main()

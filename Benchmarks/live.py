"""The chunks of a live recording while a backlog is sent, and without one.

A recorder makes sound in real time and sends it over an uplink of so many megabytes a second,
through a proxy that lets no more pass; beside it the same outbox sends a backlog that does not
end meanwhile. What a chunk took, from when it was safe on disk to its acknowledgement, is what
the device's telemetry says in the recording's status.
"""

import argparse
import json
import os
import re
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request

import long_recording


class Uplink:
    """A proxy whose way to the server carries so many bytes a second, for all connections."""

    def __init__(self, port: int, bytes_per_second: float) -> None:
        self.target, self.rate = port, bytes_per_second
        self.lock, self.free_at, self.passed = threading.Lock(), 0.0, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        while True:
            near, _ = self.listener.accept()
            far = socket.create_connection(("127.0.0.1", self.target))
            for one in (near, far):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.pass_on, args=(near, far, True), daemon=True).start()
            threading.Thread(target=self.pass_on, args=(far, near, False), daemon=True).start()

    def pass_on(self, source: socket.socket, target: socket.socket, is_slow: bool) -> None:
        try:
            while data := source.recv(16 << 10):
                if is_slow:
                    self.wait(len(data))
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            for one in (source, target):
                one.close()

    def wait(self, count: int) -> None:
        """First come, first served, as in a router's queue."""
        with self.lock:
            now = time.monotonic()
            self.free_at = max(self.free_at, now) + count / self.rate
            self.passed += count
            left = self.free_at - now
        if left > 0.001:
            time.sleep(left)


def run(program: str, profile: str, *words: str) -> str:
    command = [program, *words, "--profile", profile]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def live(program: str, profile: str, uplink: Uplink, seconds: int) -> str:
    """Records for so long and sends at once; answers with the recording's id."""
    sound = (
        "ffmpeg -v error -nostdin -re -f lavfi -i sine=frequency=440:sample_rate=48000 "
        f"-t {seconds} -f s16le -"
    )
    process = subprocess.Popen(
        [program, "record", "--profile", profile, "--json", "--pcm", "s16le",
         "--capture", sound, "--server", f"http://127.0.0.1:{uplink.port}"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    for line in process.stdout:
        event = json.loads(line)
        if event.get("event") == "began":
            found = event["id"]
    process.communicate()
    return found


def main() -> None:
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--holdfastd", required=True)
    parser.add_argument("--holdfast", required=True)
    parser.add_argument("--seconds", type=int, default=40, help="of the live recording")
    parser.add_argument("--megabytes-per-second", type=float, default=40, help="of the uplink")
    parser.add_argument("--backlog-mib", type=int, default=2048)
    options = parser.parse_args()
    parts = long_recording.parts(
        os.path.join(here, "../Tests/Fixtures/cr-vp8-opus-gum-ts1000"))
    with tempfile.TemporaryDirectory(prefix="holdfast-bench-") as folder:
        server = subprocess.Popen(
            [options.holdfastd, "--open", "--listen", "127.0.0.1:0",
             "--data", os.path.join(folder, "data"), "--log-level", "notice"],
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        for line in server.stderr:
            if found := re.search(r"listening on http://127\.0\.0\.1:(\d+)", line):
                port = int(found[1])
                break
        uplink = Uplink(port, options.megabytes_per_second * 1e6)
        profile = os.path.join(folder, "profile")
        try:
            for name in ("without a backlog", f"beside {options.backlog_mib} MiB of backlog"):
                if name.startswith("beside"):
                    backlog = os.path.join(folder, "backlog.webm")
                    times = (options.backlog_mib << 20) // sum(
                        len(rest) for _, rest in parts.clusters) + 1
                    with open(backlog, "wb") as file:
                        long_recording.write(parts, times, file)
                    run(options.holdfast, profile, "record", backlog, "--record-only")
                    os.remove(backlog)
                    listed = run(options.holdfast, profile, "list", "--json").splitlines()
                    for recording in map(json.loads, listed):
                        if recording["state"] == "kept":
                            run(options.holdfast, profile, "retry", recording["id"])
                passed = uplink.passed
                started = time.monotonic()
                found = live(options.holdfast, profile, uplink, options.seconds)
                rate = (uplink.passed - passed) / (time.monotonic() - started) / 1e6
                url = f"http://127.0.0.1:{port}/recordings/{found}/status"
                with urllib.request.urlopen(url) as answer:
                    latency = json.loads(answer.read())["client"]["chunkLatency"]
                print(
                    f"{name}: {latency['count']} chunks, mean "
                    f"{latency['sumMilliseconds'] / latency['count']:.0f} ms, "
                    f"median at most {latency.get('p50MillisecondsMax')} ms, "
                    f"p99 at most {latency.get('p99MillisecondsMax')} ms "
                    f"({rate:.1f} MB/s passed)", flush=True)
        finally:
            server.terminate()
            server.communicate()


if __name__ == "__main__":
    main()

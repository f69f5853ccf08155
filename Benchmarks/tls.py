"""What TLS costs: the same uploads and downloads over it and without, and handshakes.

One curl process PUTs chunks of 1 MiB with digests on one connection, and fetches the media that
came of them; then `openssl s_time` shakes hands for some seconds, anew each time and resumed. The
server's CPU is read from /proc, since its clients take the same cores.
"""

import argparse
import os
import re
import ssl
import statistics
import subprocess
import tempfile
import time
import uuid

import send

HANDSHAKE_SECONDS = 5


class Server(send.Server):
    """An open holdfastd, with a certificate of its own if there is a folder for it."""

    def __init__(self, program: str, data: str, byte_count: int, folder: str | None) -> None:
        extra: list[str] = []
        if folder:
            self.certificate = os.path.join(folder, "certificate.pem")
            key = os.path.join(folder, "key.pem")
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                 "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1", "-subj",
                 "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                 "-keyout", key, "-out", self.certificate],
                check=True, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            extra = ["--tls-certificate", self.certificate, "--tls-key", key]
            self.context = ssl.create_default_context(cafile=self.certificate)
        super().__init__(program, data, byte_count, extra)


def upload(
    server: Server, chunks: list[tuple[str, str]], byte_count: int, folder: str
) -> tuple[str, float, float]:
    """The recording, MB/s, and the server's CPU seconds for it."""
    recording = f"/recordings/{uuid.uuid4()}"
    before = server.cpu()
    took, _ = send.put_chunks(server, recording, chunks, byte_count, folder)
    return recording, byte_count / 1e6 / took, server.cpu() - before


def download(server: Server, recording: str, byte_count: int) -> tuple[float, float]:
    """MB/s, and the server's CPU seconds for it."""
    before = server.cpu()
    took, _, _ = send.measured(
        ["curl", "-sSf", *server.trust, "-o", "/dev/null", f"{server.url}{recording}/media"]
    )
    return byte_count / 1e6 / took, server.cpu() - before


def handshakes(server: Server, kind: str) -> tuple[float, float]:
    """Handshakes a second of one client, and how many a second of the server's CPU is good for."""
    before = server.cpu()
    done = subprocess.run(
        ["openssl", "s_time", "-connect", server.url.removeprefix("https://"), f"-{kind}",
         "-time", str(HANDSHAKE_SECONDS), "-tls1_3"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True,
    )  # fmt: skip
    found = re.search(r"^(\d+) connections in (\d+) real seconds", done.stdout, re.M)
    if not found:
        raise SystemExit(f"openssl s_time said:\n{done.stdout}")
    count = int(found[1])
    return count / HANDSHAKE_SECONDS, count / (server.cpu() - before)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--holdfastd", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--mib", type=int, default=256, help="of an upload")
    options = parser.parse_args()
    byte_count = options.mib << 20
    with tempfile.TemporaryDirectory(prefix="holdfast-bench-") as folder:
        chunks = send.cut_random(os.path.join(folder, "file.bin"), options.mib, folder)
        servers = {
            "plain": Server(options.holdfastd, os.path.join(folder, "plain"), byte_count, None),
            "TLS 1.3": Server(options.holdfastd, os.path.join(folder, "tls"), byte_count, folder),
        }
        ups: dict[str, list] = {name: [] for name in servers}
        downs: dict[str, list] = {name: [] for name in servers}
        try:
            for _ in range(options.rounds):
                for name, server in servers.items():
                    server.wait_until_moved()
                    recording, rate, cpu = upload(server, chunks, byte_count, folder)
                    ups[name].append((rate, cpu))
                    server.wait_until_moved()
                    downs[name].append(download(server, recording, byte_count))
                    server.request("DELETE", recording)
            shaken = {kind: handshakes(servers["TLS 1.3"], kind) for kind in ("new", "reuse")}
        finally:
            for server in servers.values():
                server.stop()
    gib = byte_count / (1 << 30)
    print("| | upload MB/s | CPU s per GiB | download MB/s | CPU s per GiB |")
    print("|---|---|---|---|---|")
    for name in servers:
        cells = [
            statistics.median(run[0] for run in ups[name]),
            statistics.median(run[1] for run in ups[name]) / gib,
            statistics.median(run[0] for run in downs[name]),
            statistics.median(run[1] for run in downs[name]) / gib,
        ]
        print(f"| {name} | " + " | ".join(f"{cell:.2f}" for cell in cells) + " |")
    for kind, (rate, per_core) in shaken.items():
        print(f"handshakes, {kind}: {rate:.0f} a second by one client on the same cores, "
              f"{per_core:.0f} in a second of the server's CPU")


if __name__ == "__main__":
    main()

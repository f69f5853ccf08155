import Glibc
import Posix
import TestKit

/// A named pipe that gives sound as fast as someone takes it: 48 kHz, one channel, 16 bits.
///
/// It holds little, so that it is never far ahead of whoever listens.
final class Microphone {
    /// F_SETPIPE_SZ, which the Glibc module does not show.
    private static let setPipeBytes: Int32 = 1_031

    let path: String
    private let raw: Int32
    private var random: SeededRandom
    /// Samples that were taken, or wait in the pipe: 2,048 at most.
    private(set) var sampleCount = 0

    /// Both ends are open here at first, so that neither waits for the other.
    init(in folder: String, seed: UInt64) throws(SystemError) {
        let path = folder + "/microphone-\(seed)"
        _ = try systemCall("mkfifo", path) { mkfifo(path, 0o600) }
        raw = try systemCall("open", path) { open(path, O_RDWR | O_CLOEXEC) }
        self.path = path
        random = SeededRandom(seed)
        // One page of memory, the least there is.
        _ = try systemCall("fcntl", path) { fcntl(raw, Self.setPipeBytes, 4_096) }
    }

    /// The sound ends here.
    deinit {
        close(raw)
        unlink(path)
    }

    /// Gives so many samples; waits until they are taken, but for what the pipe holds.
    func say(_ count: Int) throws(SystemError) {
        var left = count
        while left > 0 {
            // At most PIPE_BUF bytes, so that they go in at once or not at all.
            let count = min(480, left)
            let bytes = (0..<count).flatMap { _ in
                let value = Int16(truncatingIfNeeded: random.next()) / 16
                return [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
            }
            var wanted = pollfd(fd: raw, events: Int16(POLLOUT), revents: 0)
            let isReady = try systemCall("poll", path) { poll(&wanted, 1, 60_000) }
            guard isReady == 1 else { throw SystemError("listen to", path, ETIMEDOUT) }
            _ = try systemCall("write", path) {
                bytes.withUnsafeBytes { write(raw, $0.baseAddress, $0.count) }
            }
            left -= count
            sampleCount += count
        }
    }
}

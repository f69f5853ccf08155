internal import Glibc
package import Posix

/// A program that a test started. It is killed when its last owner lets go.
package final class ChildProcess: Sendable {
    package enum Ending: Sendable, Equatable {
        case exited(Int32)
        case signalled(Int32)
    }

    package enum Stream: Int, Sendable { case output, error }

    private struct State {
        var texts: [[UInt8]] = [[], []]
        var openStreams = 2
        var ending: Ending?
    }

    /// A pair of sockets, which unlike pipe(2) can be made to close on exec in one step.
    private struct Pipe: ~Copyable {
        let ours: Descriptor
        let theirs: Descriptor

        init() throws(SystemError) {
            var ends: [Int32] = [0, 0]
            _ = try systemCall("socketpair", "child") {
                socketpair(
                    AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0,
                    &ends)
            }
            ours = Descriptor(owning: ends[0])
            theirs = Descriptor(owning: ends[1])
        }
    }

    package let id: Int32
    private let state: Lock<State>

    /// Starts `program` with no standard input, or at the keyboard of a terminal of its own;
    /// `environment` is added to this process's own.
    package init(
        _ program: String, _ arguments: [String], environment: [String: String] = [:],
        at terminal: Terminal? = nil
    ) throws(SystemError) {
        let output = try Pipe()
        let error = try Pipe()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // The first terminal that the leader of a session opens becomes its own.
        posix_spawn_file_actions_addopen(&actions, 0, terminal?.path ?? "/dev/null", O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, output.theirs.raw, 1)
        posix_spawn_file_actions_adddup2(&actions, error.theirs.raw, 2)
        // A thread of a pool may have signals blocked, and the child would inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var noSignals = sigset_t()
        sigemptyset(&noSignals)
        posix_spawnattr_setsigmask(&attributes, &noSignals)
        let session = terminal == nil ? 0 : Terminal.spawnsSession
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK) | session)
        let words = Self.texts([program] + arguments)
        let variables = Self.texts(Self.environment(adding: environment))
        defer { for text in words + variables { free(text) } }
        var id: pid_t = 0
        let failure = posix_spawn(&id, program, &actions, &attributes, words, variables)
        guard failure == 0 else { throw SystemError("posix_spawn", program, failure) }
        self.id = id
        state = Lock(State())
        Self.drain(output.ours.release(), .output, into: state)
        Self.drain(error.ours.release(), .error, into: state)
        Thread.start("child's end") { [id = self.id, state] in Self.reap(id, into: state) }
    }

    deinit { signal(SIGKILL) }

    /// Sends a signal; nothing happens if the process has ended.
    package func signal(_ number: Int32) {
        state.withLock { if $0.ending == nil { kill(id, number) } }
    }

    package var hasEnded: Bool { state.withLock { $0.ending != nil } }

    /// Blocks until the process and everything it wrote have ended.
    @discardableResult
    package func waitForEnd() -> Ending {
        state.wait(until: { $0.ending != nil && $0.openStreams == 0 }) {
            $0.ending ?? .exited(0)
        }
    }

    /// Blocks until a whole line that holds `text` was written. Nil: the stream ended without.
    package func waitForLine(_ stream: Stream, with texts: String...) -> String? {
        waitForLine(stream, with: texts)
    }

    /// The same.
    package func waitForLine(_ stream: Stream, with texts: [String]) -> String? {
        func line(_ state: borrowing State) -> String? {
            String(decoding: state.texts[stream.rawValue], as: UTF8.self)
                .split(separator: "\n", omittingEmptySubsequences: false).dropLast()
                .first { line in texts.allSatisfy { line.contains($0) } }.map(String.init)
        }
        return state.wait(until: { line($0) != nil || $0.openStreams == 0 }) { line($0) }
    }

    /// What was written so far.
    package func text(_ stream: Stream) -> String {
        String(decoding: state.withLock { $0.texts[stream.rawValue] }, as: UTF8.self)
    }

    private static func reap(_ id: pid_t, into state: Lock<State>) {
        var facts = siginfo_t()
        // It stays a zombie until the state says so: nobody may signal a stranger of its number.
        while waitid(P_PID, id_t(id), &facts, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        state.withLock {
            var status: Int32 = 0
            while waitpid(id, &status, 0) == -1, errno == EINTR {}
            let signal = status & 0x7F
            $0.ending = signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
        }
        state.signal()
    }

    private static func drain(_ raw: Int32, _ stream: Stream, into state: Lock<State>) {
        Thread.start("child's output") {
            let descriptor = Descriptor(owning: raw)
            var piece = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = piece.withUnsafeMutableBytes {
                    read(descriptor.raw, $0.baseAddress, $0.count)
                }
                if count < 0, errno == EINTR { continue }
                if count <= 0 { break }
                state.withLock { $0.texts[stream.rawValue] += piece[..<count] }
                state.signal()
            }
            state.withLock { $0.openStreams -= 1 }
            state.signal()
        }
    }

    private static func texts(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        texts.map { strdup($0) } + [nil]
    }

    private static func environment(adding more: [String: String]) -> [String] {
        var lines: [String] = []
        var next = environ
        while let entry = next.pointee {
            let line = String(cString: entry)
            if more[String(line.prefix { $0 != "=" })] == nil { lines.append(line) }
            next += 1
        }
        return lines + more.map { "\($0.key)=\($0.value)" }
    }
}

import Foundation
import IngestClient

/// The space bar of the terminal that a person records from. Other keys do what they always do.
///
/// While it listens the terminal gives every key at once and shows none of them.
final class PauseKey: Sendable {
    private static let space = UInt8(ascii: " ")
    private static let terminal: Int32 = 0

    private let before: termios
    private let hasEnded = Guarded(false)

    /// Nil: standard input is no terminal, or another program has the terminal's foreground.
    init?(_ pressed: @escaping @Sendable () -> Void) {
        var settings = termios()
        guard Self.isInForeground, tcgetattr(Self.terminal, &settings) == 0 else { return nil }
        before = settings
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO)
        tcsetattr(Self.terminal, TCSANOW, &settings)
        FileHandle.standardInput.readabilityHandler = { [weak self] _ in
            guard let keys = Self.keys() else {
                self?.end()
                return
            }
            for key in keys where key == Self.space { pressed() }
        }
    }

    deinit { end() }

    /// Gives the terminal back as it was.
    func end() {
        let isFirst = hasEnded.withLock { hasEnded in
            defer { hasEnded = true }
            return !hasEnded
        }
        guard isFirst else { return }
        FileHandle.standardInput.readabilityHandler = nil
        var settings = before
        if Self.isInForeground { tcsetattr(Self.terminal, TCSANOW, &settings) }
    }

    private static var isInForeground: Bool { tcgetpgrp(terminal) == getpgrp() }

    /// What was pressed; nil where the terminal is gone, or another's.
    private static func keys() -> [UInt8]? {
        // In the background a read would stop the program.
        guard isInForeground else { return nil }
        var keys = [UInt8](repeating: 0, count: 64)
        let count = read(terminal, &keys, keys.count)
        return count > 0 ? Array(keys[..<count]) : nil
    }
}

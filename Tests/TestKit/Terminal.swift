internal import Glibc
package import Posix

/// A terminal without a screen, and a person at its keyboard (pty(7)).
package final class Terminal: Sendable {
    /// POSIX_SPAWN_SETSID, which the Glibc module does not show.
    static let spawnsSession: Int16 = 0x80

    /// TIOCSPTLCK and TIOCGPTN, likewise.
    private static let setLock: UInt = 0x4004_5431
    private static let getNumber: UInt = 0x8004_5430

    /// What a program opens.
    package let path: String
    private let keyboard: Descriptor
    /// Kept open: without a program at it a terminal would end.
    private let screen: Descriptor

    package init() throws(SystemError) {
        let raw = try systemCall("open", "/dev/ptmx") {
            open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        }
        keyboard = Descriptor(owning: raw)
        var isLocked: Int32 = 0
        _ = try systemCall("ioctl", "/dev/ptmx") { ioctl(raw, Self.setLock, &isLocked) }
        var number: UInt32 = 0
        _ = try systemCall("ioctl", "/dev/ptmx") { ioctl(raw, Self.getNumber, &number) }
        let path = "/dev/pts/\(number)"
        screen = Descriptor(
            owning: try systemCall("open", path) { open(path, O_RDWR | O_NOCTTY | O_CLOEXEC) })
        self.path = path
    }

    /// Presses keys; Ctrl-C is 3.
    package func press(_ keys: [UInt8]) throws(SystemError) {
        _ = try systemCall("write", path) { write(keyboard.raw, keys, keys.count) }
    }

    /// Whether it shows what is typed, line by line, as a shell's does.
    package var isAsAlways: Bool {
        var settings = termios()
        guard tcgetattr(keyboard.raw, &settings) == 0 else { return false }
        let flags = tcflag_t(ICANON | ECHO)
        return settings.c_lflag & flags == flags
    }
}

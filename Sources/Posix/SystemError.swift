internal import Glibc

/// A system call that failed: what was tried, on what, and the errno.
package struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
    package let operation: String
    package let subject: String
    package let number: Int32

    package init(_ operation: String, _ subject: String, _ number: Int32) {
        self.operation = operation
        self.subject = subject
        self.number = number
    }

    /// From errno as it stands right after the call.
    package init(_ operation: String, _ subject: String) { self.init(operation, subject, errno) }

    package var description: String {
        "\(operation) \(subject): \(String(cString: strerror(number))) (errno \(number))"
    }

    /// The disk is full, or the quota is used up.
    package var isNoSpace: Bool { number == ENOSPC || number == EDQUOT }
    /// Nothing has that name.
    package var isMissing: Bool { number == ENOENT }
}

/// Repeats a system call as long as a signal interrupts it; -1 becomes a `SystemError`.
@inline(__always)
package func systemCall<Result: SignedInteger>(
    _ operation: String, _ subject: @autoclosure () -> String, _ call: () -> Result
) throws(SystemError) -> Result {
    while true {
        let result = call()
        if result != -1 { return result }
        let number = errno
        if number != EINTR { throw SystemError(operation, subject(), number) }
    }
}

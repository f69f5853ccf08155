internal import COpenSSL
internal import Glibc

/// TLS on a connected socket that does not block. Reads and writes tell of trouble as recv(2)
/// and send(2) do, by -1 and errno; EAGAIN means what `wants` says.
// SAFETY: created and used only on its connection's loop.
final class TLSChannel: @unchecked Sendable {
    enum Want { case read, write }

    enum Greeting {
        case done
        case wants(Want)
        /// With OpenSSL's reason; the peer was told by an alert.
        case failed(String)
    }

    /// What one record carries at most (RFC 8446 §5.1).
    static let recordBytesMax = 16 << 10

    private let ssl: OpaquePointer
    /// What must be possible before the last call is worth trying again.
    private(set) var wants = Want.read

    /// The socket stays the caller's. Nil without memory.
    init?(_ context: TLSContext, socket: Int32) {
        guard let ssl = SSL_new(context.raw) else { return nil }
        self.ssl = ssl
        guard SSL_set_fd(ssl, socket) == 1 else { return nil }
        SSL_set_accept_state(ssl)
    }

    deinit { SSL_free(ssl) }

    var version: String { String(cString: SSL_get_version(ssl)) }
    var isResumed: Bool { SSL_session_reused(ssl) == 1 }

    func greet() -> Greeting {
        ERR_clear_error()
        let result = SSL_do_handshake(ssl)
        if result == 1 { return .done }
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ: return .wants(.read)
        case SSL_ERROR_WANT_WRITE: return .wants(.write)
        default: return .failed(Self.takeReason())
        }
    }

    /// As recv(2): 0 when the peer has said that it sends no more.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        ERR_clear_error()
        return outcome(SSL_read(ssl, buffer.baseAddress, Int32(clamping: buffer.count)))
    }

    /// Whether `read` would say something other than EAGAIN. What comes with it is kept.
    func canRead() -> Bool {
        ERR_clear_error()
        var byte: UInt8 = 0
        return outcome(SSL_peek(ssl, &byte, 1)) >= 0 || errno != EAGAIN
    }

    /// As send(2). After EAGAIN it must be called with the same bytes again, wherever they lie.
    func write(_ bytes: UnsafeRawBufferPointer) -> Int {
        ERR_clear_error()
        return written(SSL_write(ssl, bytes.baseAddress, Int32(clamping: bytes.count)))
    }

    /// As sendfile(2); `buffer` holds what the kernel does not encrypt by itself.
    func send(
        file: Int32, at offset: Int64, _ count: Int, by buffer: UnsafeMutableRawBufferPointer
    ) -> Int {
        if holdfast_tls_sends_in_kernel(ssl) == 1 {
            ERR_clear_error()
            return written(Int32(clamping: SSL_sendfile(ssl, file, off_t(offset), count, 0)))
        }
        let wanted = min(count, buffer.count, Self.recordBytesMax)
        let found = pread(file, buffer.baseAddress, wanted, off_t(offset))
        if found <= 0 { return found }
        return write(UnsafeRawBufferPointer(rebasing: buffer.prefix(found)))
    }

    /// Says that nothing more will be sent (RFC 8446 §6.1), if there is room to say it.
    func sayGoodbye() {
        ERR_clear_error()
        _ = SSL_shutdown(ssl)
    }

    private func written(_ result: Int32) -> Int {
        let count = outcome(result)
        // Nothing is left over: the next thing to wait for is something to read.
        if count > 0 { wants = .read }
        guard count == 0 else { return count }
        // The connection broke after the peer had said goodbye.
        errno = ECONNRESET
        return -1
    }

    /// `result` in the terms of a system call.
    private func outcome(_ result: Int32) -> Int {
        if result > 0 { return Int(result) }
        let number = errno
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ:
            wants = .read
            errno = EAGAIN
        case SSL_ERROR_WANT_WRITE:
            wants = .write
            errno = EAGAIN
        case SSL_ERROR_ZERO_RETURN: return 0
        case SSL_ERROR_SYSCALL where number != 0 && number != EAGAIN: errno = number
        // A broken record, an alert, or an end without goodbye.
        default: errno = ECONNRESET
        }
        return -1
    }

    /// What OpenSSL says of the last failure on this thread.
    static func takeReason() -> String {
        let code = ERR_get_error()
        defer { ERR_clear_error() }
        guard code != 0 else { return "the connection ended" }
        guard let text = ERR_reason_error_string(code) else { return "error \(code)" }
        return String(cString: text)
    }
}

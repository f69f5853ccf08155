internal import HTTP1
internal import Reactor

extension Exchange {
    /// The whole answer. The transport adds Date, Content-Length and Connection, and leaves the
    /// body out where HTTP does (HEAD, 204, 304). A peer that is gone is no error.
    package func respond(
        _ status: Int, _ fields: [(String, String)] = [], _ body: [UInt8] = []
    ) async {
        let bodyless = Self.hasNoBody(status)
        let head = begin(status, fields, bodyless ? nil : Int64(body.count))
        let sendsBody = !bodyless && self.head.method != "HEAD"
        if isBroken { return }
        do throws(WriteError) {
            try await connection.send(head, sendsBody ? body : [])
        } catch {
            isBroken = true
        }
    }

    /// Begins an answer of `byteCount` bytes, which `write` and `send` deliver. For HEAD they
    /// do nothing.
    package func beginStream(
        _ status: Int, _ fields: [(String, String)], byteCount: Int64
    ) async {
        precondition(!Self.hasNoBody(status), "an answer \(status) has no body to stream")
        let head = begin(status, fields, byteCount)
        unsentBytes = self.head.method == "HEAD" ? 0 : byteCount
        if isBroken { return }
        do throws(WriteError) {
            try await connection.send(head, more: unsentBytes > 0)
        } catch {
            isBroken = true
        }
    }

    /// Sends the next bytes of the answer; they stay in place until it returns.
    package func write(_ bytes: UnsafeRawBufferPointer) async throws(WriteError) {
        guard try claim(Int64(bytes.count)) else { return }
        do throws(WriteError) {
            try await connection.send(bytes, more: unsentBytes > 0)
        } catch {
            isBroken = true
            throw error
        }
    }

    /// Sends the next bytes of the answer.
    package func write(_ bytes: [UInt8]) async throws(WriteError) {
        guard try claim(Int64(bytes.count)) else { return }
        do throws(WriteError) {
            try await connection.send(bytes, more: unsentBytes > 0)
        } catch {
            isBroken = true
            throw error
        }
    }

    /// Sends the next bytes of the answer, as many as there is room for now. After nil, which
    /// takes nothing, `waitForRoom` before the next: so a slow reader holds no memory meanwhile.
    package func writeSome(_ bytes: UnsafeRawBufferPointer) throws(WriteError) -> Int? {
        precondition(hasResponded, "an answer begins with its head")
        precondition(Int64(bytes.count) <= unsentBytes, "more bytes than the head promised")
        if isBroken { throw .disconnected }
        do throws(WriteError) {
            let isLast = Int64(bytes.count) == unsentBytes
            let count = try connection.sendSome(bytes, more: !isLast)
            unsentBytes -= Int64(count ?? 0)
            return count
        } catch {
            isBroken = true
            throw error
        }
    }

    /// Waits until the reader has taken enough that `writeSome` is worth trying again. Only for
    /// after its nil.
    package func waitForRoom() async throws(WriteError) {
        do throws(WriteError) {
            try await connection.waitForRoom()
        } catch {
            isBroken = true
            throw error
        }
    }

    /// Sends `range` of a file as the next bytes of the answer: sendfile(2).
    ///
    /// Blocks the loop while pages come from the disk.
    package func send(file descriptor: Int32, range: Range<Int64>) async throws(WriteError) {
        guard try claim(range.upperBound - range.lowerBound) else { return }
        do throws(WriteError) {
            try await connection.send(file: descriptor, range: range)
        } catch {
            isBroken = true
            throw error
        }
    }

    /// Notes that an answer begins, and makes its head.
    private func begin(
        _ status: Int, _ fields: [(String, String)], _ contentLength: Int64?
    ) -> [UInt8] {
        precondition(!hasResponded, "a request is answered once")
        precondition(status >= 200, "\(status) is no final answer")
        hasResponded = true
        keepsAlive =
            head.keepsAlive && (isBodyWhole || skippableBytes > 0)
            && !connection.shard.isDraining
        return ResponseHead(status: status, fields: Fields(fields)).bytes(
            contentLength: contentLength, keepsAlive: keepsAlive, answering: head.version,
            date: connection.shard.date())
    }

    /// Whether `byteCount` bytes are to be sent: not for HEAD.
    private func claim(_ byteCount: Int64) throws(WriteError) -> Bool {
        precondition(hasResponded, "an answer begins with its head")
        if isBroken { throw .disconnected }
        if head.method == "HEAD" { return false }
        precondition(byteCount <= unsentBytes, "more bytes than the answer's head promised")
        unsentBytes -= byteCount
        return byteCount > 0
    }

    /// RFC 9110 §15.3.5, §15.4.5.
    private static func hasNoBody(_ status: Int) -> Bool { status == 204 || status == 304 }
}

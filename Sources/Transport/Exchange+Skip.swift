internal import HTTP1
internal import Posix
internal import Reactor

/// A body that the handler does not want. A short one need not cost the connection.
extension Exchange {
    /// Longer ones are not waited for: the connection is closed.
    private static let skippedBytesMax: Int64 = 64 << 10

    /// Bytes of the body that may be read and dropped behind the answer; 0 if the connection must
    /// end. By what the head says alone, so that how the bytes come changes nothing. A client
    /// that waits for 100 may send the body or not: nobody knows what comes next.
    var skippableBytes: Int64 {
        guard !isBodyAsked, !head.expectsContinue, case .length(let length) = head.framing,
            length <= Self.skippedBytesMax
        else { return 0 }
        return length
    }

    /// Reads the body and drops it. `isBodyWhole` says whether all of it came.
    func skipBody() async {
        let length = Int(skippableBytes)
        let shard = connection.shard
        let pace = Pace(shard, connection.ticket.address)
        var skipped = min(length, connection.input.count)
        connection.input.consume(skipped)
        connection.input.giveBack(&shard.pool)
        while skipped < length {
            let bin = UnsafeMutableRawBufferPointer(rebasing: shard.bin.prefix(length - skipped))
            do throws(Connection.Silence) {
                skipped += try await pace.receive(connection, into: bin, received: skipped)
            } catch {
                return
            }
        }
        isBodyWhole = true
    }
}

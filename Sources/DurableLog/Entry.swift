internal import Posix

/// A frame in the queue.
struct Entry: Sendable {
    let frame: Frame
    let payload: LentBytes
    /// The payload when the log keeps it itself; `payload` is empty then.
    let owned: [UInt8]
    let crc32c: UInt32
    let completion: @Sendable (Result<FrameLocation, LogError>) -> Void

    var payloadBytes: Int { payload.count + owned.count }

    /// Most bytes that it can take in the log: alone in its batch.
    var cost: Int { Self.cost(payloadBytes: payloadBytes) }

    static func cost(payloadBytes: Int) -> Int {
        Layout.pages(2 * Layout.headBytes + payloadBytes)
    }
}

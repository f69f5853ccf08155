/// Reads one recording as its bytes become contiguous and plans the edits of the finished file.
///
/// Bytes are handed over once, in order, from offset 0; a hole is named with `skip`. Where the
/// pieces are cut never changes any result. A reader keeps headers and its index, never a
/// frame's payload, so its memory does not grow with the recording beyond that index.
///
/// Edits of what was handed over come out as soon as they are known, and may lie anywhere below
/// the bytes read. No two edits overlap, and none changes a frame's payload.
package protocol MediaReader: Sendable {
    /// - Parameter headReserveBytes: room in front of the received bytes for a new head.
    init(headReserveBytes: Int)

    /// What is known so far.
    var description: MediaDescription { get }

    /// Takes the next bytes; `frame` is called for each whole frame, in the order of the file.
    mutating func read(_ bytes: Span<UInt8>, frame: (Frame) -> Void)

    /// Takes a hole of `byteCount` received bytes that are missing: the file will hold zeros
    /// there, which may be edited.
    mutating func skip(_ byteCount: Int64)

    /// The edits that became known since the last call.
    mutating func takeEdits() -> [Edit]

    /// Ends the recording here. `edits` are those not yet taken; the frames that only the end
    /// makes certain are given to `frame`.
    consuming func finish(frame: (Frame) -> Void) -> (artifact: Artifact, edits: [Edit])
}

extension MediaReader {
    /// Takes the next bytes when nobody wants the frames.
    package mutating func read(_ bytes: Span<UInt8>) {
        read(bytes, frame: { _ in })
    }

    /// Ends the recording when nobody wants the frames.
    package consuming func finish() -> (artifact: Artifact, edits: [Edit]) {
        finish(frame: { _ in })
    }
}

/// One whole frame of a track, as received.
package struct Frame: Sendable, Equatable {
    /// The track's number in the container (WebM) or its serial number (Ogg).
    package var track: UInt64
    /// From the start of the recording's timeline, in nanoseconds.
    package var timestamp: Int64
    /// Whether decoding can begin here.
    package var isKey: Bool
    /// Where the payload lies in the received bytes.
    package var payload: Range<Int64>
    /// Where it goes on, when it is not in one piece (an Ogg packet over several pages).
    package var continuation: [Range<Int64>]

    package init(
        track: UInt64, timestamp: Int64, isKey: Bool, payload: Range<Int64>,
        continuation: [Range<Int64>] = []
    ) {
        self.track = track
        self.timestamp = timestamp
        self.isKey = isKey
        self.payload = payload
        self.continuation = continuation
    }

    /// The payload's length in bytes.
    package var byteCount: Int64 {
        continuation.reduce(Int64(payload.count)) { $0 + Int64($1.count) }
    }
}

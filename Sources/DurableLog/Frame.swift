/// What a frame means. The log gives it back as it was; only `usesReserve` matters to it.
package enum FrameKind: UInt8, Sendable, CaseIterable {
    case create = 1
    case chunk = 2
    case finalize = 3
    case finalized = 4
    case delete = 5
    case expired = 6
    case edit = 7
    case note = 8

    /// May use the last `reserveBytes` of the log, so that both work when the rest is used up.
    package var usesReserve: Bool {
        switch self {
        case .finalize, .finalized, .delete, .expired: true
        case .create, .chunk, .edit, .note: false
        }
    }
}

/// One entry of the log, without its payload.
package struct Frame: Sendable, Equatable {
    package var kind: FrameKind
    /// The recording's id: high and low half.
    package var recording: (UInt64, UInt64)
    package var sequence: Int64
    /// Where the payload lies in the recording, in bytes.
    package var offset: Int64

    package init(
        _ kind: FrameKind, recording: (UInt64, UInt64), sequence: Int64 = 0, offset: Int64 = 0
    ) {
        self.kind = kind
        self.recording = recording
        self.sequence = sequence
        self.offset = offset
    }

    package static func == (one: Frame, other: Frame) -> Bool {
        one.kind == other.kind && one.recording == other.recording
            && one.sequence == other.sequence && one.offset == other.offset
    }
}

package import Posix

/// A frame that recovery found whole: its header and its payload have the right checksums.
package struct RecoveredFrame: Sendable {
    package let frame: Frame
    package let location: FrameLocation
    /// The payload; nil for a chunk, whose bytes are read only when asked for.
    package let payload: [UInt8]?
    let file: any StoredFile

    /// Reads the payload. Blocks: pread(2).
    package func readPayload() throws(SystemError) -> [UInt8] {
        if let payload { return payload }
        return try file.read(location.byteCount, at: location.fileOffset)
    }
}

/// What the owner says of a recovered frame.
package enum FrameDisposition: Sendable {
    /// It is needed: it holds its segment until it is released.
    case live
    /// Its bytes are home already, or nobody wants them.
    case dead
}

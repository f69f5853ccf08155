internal import Digests

/// The first 64 bytes of a batch. It begins with the segment's 64 random bits.
struct BatchHead: Equatable, Sendable {
    var generation: UInt64
    /// Its own place in the file.
    var fileOffset: Int64
    var firstLSN: UInt64
    /// The highest LSN known to be on stable storage when this batch was written.
    var syncedLSN: UInt64
    /// Heads and payloads, without the padding.
    var byteCount: Int
    var frameCount: Int
    /// Of the batch before: the chain.
    var checksumBefore: UInt32
    /// Of the frame heads, and through them of the payloads.
    var frameHeadsChecksum: UInt32

    var lastLSN: UInt64 { firstLSN + UInt64(frameCount) - 1 }
    var endOffset: Int64 { fileOffset + Int64(Layout.pages(byteCount)) }

    /// Returns its checksum, the next link of the chain.
    func encode(into bytes: UnsafeMutableRawBufferPointer, _ seed: Seed) -> UInt32 {
        bytes.put(seed.bits, 0)
        bytes.put(generation, 8)
        bytes.put(fileOffset, 16)
        bytes.put(firstLSN, 24)
        bytes.put(syncedLSN, 32)
        bytes.put(UInt64(byteCount), 40)
        bytes.put(UInt32(frameCount), 48)
        bytes.put(checksumBefore, 52)
        bytes.put(frameHeadsChecksum, 56)
        let checksum = seed.checksum(ofHead: .init(bytes))
        bytes.put(checksum, 60)
        return checksum
    }

    /// The head at `fileOffset` of the life that `seed` and `generation` name, and its checksum.
    static func decode(
        _ bytes: UnsafeRawBufferPointer, _ seed: Seed, generation: UInt64, fileOffset: Int64
    ) -> (head: BatchHead, checksum: UInt32)? {
        guard bytes.number(0) == seed.bits, bytes.number(8) == generation,
            bytes.number(16) == fileOffset
        else { return nil }
        let checksum = bytes.number(60, as: UInt32.self)
        guard checksum == seed.checksum(ofHead: bytes) else { return nil }
        let head = BatchHead(
            generation: generation, fileOffset: fileOffset, firstLSN: bytes.number(24),
            syncedLSN: bytes.number(32), byteCount: Int(bytes.number(40, as: UInt32.self)),
            frameCount: Int(bytes.number(48, as: UInt32.self)), checksumBefore: bytes.number(52),
            frameHeadsChecksum: bytes.number(56))
        guard head.frameCount > 0, head.firstLSN <= Layout.numberMax,
            head.byteCount >= (head.frameCount + 1) * Layout.headBytes
        else { return nil }
        return (head, checksum)
    }
}

/// The 64 bytes that describe one frame of a batch.
struct FrameHead: Equatable, Sendable {
    var frame: Frame
    var lsn: UInt64
    /// From the batch's first byte to the payload's.
    var payloadOffset: Int
    var payloadBytes: Int
    var payloadChecksum: UInt32

    func encode(into bytes: UnsafeMutableRawBufferPointer, _ seed: Seed) {
        bytes.put(UInt32(frame.kind.rawValue), 0)
        bytes.put(payloadChecksum, 4)
        bytes.put(frame.recording.0, 8)
        bytes.put(frame.recording.1, 16)
        bytes.put(frame.sequence, 24)
        bytes.put(frame.offset, 32)
        bytes.put(lsn, 40)
        bytes.put(UInt32(payloadOffset), 48)
        bytes.put(UInt32(payloadBytes), 52)
        bytes.put(UInt32(0), 56)
        bytes.put(seed.checksum(ofHead: .init(bytes)), 60)
    }

    static func decode(_ bytes: UnsafeRawBufferPointer, _ seed: Seed) -> FrameHead? {
        guard bytes.number(60) == seed.checksum(ofHead: bytes),
            let raw = UInt8(exactly: bytes.number(0, as: UInt32.self)),
            let kind = FrameKind(rawValue: raw)
        else { return nil }
        return FrameHead(
            frame: Frame(
                kind, recording: (bytes.number(8), bytes.number(16)),
                sequence: bytes.number(24), offset: bytes.number(32)),
            lsn: bytes.number(40), payloadOffset: Int(bytes.number(48, as: UInt32.self)),
            payloadBytes: Int(bytes.number(52, as: UInt32.self)),
            payloadChecksum: bytes.number(4))
    }
}

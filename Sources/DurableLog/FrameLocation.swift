/// One life of a segment: the file's number, and the generation that it had when written.
package struct SegmentReference: Hashable, Sendable {
    package let number: UInt32
    package let generation: UInt64

    package init(number: UInt32, generation: UInt64) {
        self.number = number
        self.generation = generation
    }
}

/// Where the payload of a committed frame lies. Valid until it is released.
package struct FrameLocation: Hashable, Sendable {
    package let segment: SegmentReference
    /// Of the payload's first byte, in the segment's file.
    package let fileOffset: Int64
    /// Of the payload.
    package let byteCount: Int
    /// CRC-32C of the payload.
    package let crc32c: UInt32
    /// Log sequence number: one a frame, rising, never used twice.
    package let lsn: UInt64

    package init(
        segment: SegmentReference, fileOffset: Int64, byteCount: Int, crc32c: UInt32, lsn: UInt64
    ) {
        self.segment = segment
        self.fileOffset = fileOffset
        self.byteCount = byteCount
        self.crc32c = crc32c
        self.lsn = lsn
    }
}

/// A chunk as it is offered: where it wants to be, before anyone looked at its bytes.
package struct ChunkOffer: Sendable, Equatable {
    /// Where its first byte is in the recording; not negative.
    package var offset: Int64
    package var byteCount: Int64
    /// Its number in the recording; not negative.
    package var sequence: Int64

    package init(offset: Int64, byteCount: Int64, sequence: Int64) {
        self.offset = offset
        self.byteCount = byteCount
        self.sequence = sequence
    }
}

/// What bounds the chunks of a recording.
package struct ChunkLimits: Sendable, Equatable {
    /// The recording's length, once it is fixed: no byte may lie at or beyond it.
    package var declaredLength: Int64?
    /// How long a recording may get.
    package var recordingBytesMax: Int64
    /// How far beyond the prefix a chunk may start.
    package var windowBytesMax: Int64
    /// How many runs may be outstanding: bounds the memory of a recording that is full of gaps.
    package var runCountMax: Int

    package init(
        declaredLength: Int64? = nil, recordingBytesMax: Int64, windowBytesMax: Int64,
        runCountMax: Int = 16_384
    ) {
        self.declaredLength = declaredLength
        self.recordingBytesMax = recordingBytesMax
        self.windowBytesMax = windowBytesMax
        self.runCountMax = runCountMax
    }
}

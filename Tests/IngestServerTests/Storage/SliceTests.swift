import DurableLog
@testable import IngestServer
import Testing

/// Which pieces a checkpoint takes.
@Suite("Slices of a recording's pieces") struct SliceTests {
    /// Pieces of 100 bytes, each in a segment of the generation named.
    private static func state(_ generations: [UInt64]) -> EntryState {
        var state = EntryState(phase: .recording)
        for (number, generation) in generations.enumerated() {
            let offset = Int64(number) * 100
            let location = FrameLocation(
                segment: SegmentReference(number: 1, generation: generation), fileOffset: 0,
                byteCount: 100, crc32c: 0, lsn: UInt64(number))
            state.insertUnmoved(
                LoggedPiece(
                    range: offset..<offset + 100, sequence: Int64(number), location: location,
                    skip: 0))
        }
        return state
    }

    private static func offsets(_ slice: [LoggedPiece]) -> [Int64] {
        slice.map(\.range.lowerBound)
    }

    @Test("are the first by offset, at least one")
    func firstByOffset() {
        let state = Self.state([5, 1, 5])
        #expect(Self.offsets(state.slice(bytesMax: 200)) == [0, 100])
        #expect(Self.offsets(state.slice(bytesMax: 1)) == [0])
    }

    @Test("are those in the oldest segments, if there are any")
    func oldestFirst() {
        let state = Self.state([5, 1, 5, 2, 9])
        #expect(Self.offsets(state.slice(bytesMax: 1000, in: 1...2)) == [100, 300])
        #expect(Self.offsets(state.slice(bytesMax: 100, in: 1...2)) == [100])
        #expect(Self.offsets(state.slice(bytesMax: 200, in: 7...8)) == [0, 100])
    }
}

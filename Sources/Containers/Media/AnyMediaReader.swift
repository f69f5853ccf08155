/// The reader for whatever a recording turns out to be, told by its first bytes.
///
/// Nothing is decided before `sniffedCount` bytes are there (or the recording ends), so the
/// same bytes in other pieces give the same reader.
package struct AnyMediaReader: Sendable {
    private static let sniffedCount = 8

    private enum State: Sendable {
        case sniffing([UInt8])
        case reading(any MediaReader)
    }

    private let headReserveBytes: Int
    private var state = State.sniffing([])

    package init(headReserveBytes: Int) { self.headReserveBytes = headReserveBytes }

    package var description: MediaDescription {
        switch state {
        case .sniffing: MediaDescription(container: "unknown")
        case .reading(let reader): reader.description
        }
    }

    package mutating func read(_ bytes: Span<UInt8>, frame: (Frame) -> Void = { _ in }) {
        switch state {
        case .reading(var reader):
            state = .sniffing([])  // else two owners, and every change copies the index
            reader.read(bytes, frame: frame)
            state = .reading(reader)
        case .sniffing(var first):
            var taken = 0
            while first.count < Self.sniffedCount, taken < bytes.count {
                first.append(bytes[taken])
                taken += 1
            }
            guard first.count == Self.sniffedCount else {
                state = .sniffing(first)
                return
            }
            var reader = chosen(first)
            reader.read(first.span, frame: frame)
            reader.read(bytes.extracting(taken..<bytes.count), frame: frame)
            state = .reading(reader)
        }
    }

    package mutating func skip(_ byteCount: Int64) {
        var reader = opened({ _ in })
        reader.skip(byteCount)
        state = .reading(reader)
    }

    package mutating func takeEdits() -> [Edit] {
        guard case .reading(var reader) = state else { return [] }
        state = .sniffing([])
        let edits = reader.takeEdits()
        state = .reading(reader)
        return edits
    }

    package func finish(
        frame: (Frame) -> Void = { _ in }
    ) -> (artifact: Artifact, edits: [Edit]) {
        opened(frame).finish(frame: frame)
    }

    /// The reader, chosen with what there is.
    private func opened(_ frame: (Frame) -> Void) -> any MediaReader {
        switch state {
        case .reading(let reader): return reader
        case .sniffing(let first):
            var reader = chosen(first)
            reader.read(first.span, frame: frame)
            return reader
        }
    }

    private func chosen(_ first: [UInt8]) -> any MediaReader {
        if first.starts(with: [0x1a, 0x45, 0xdf, 0xa3]) {
            return WebMReader(headReserveBytes: headReserveBytes)
        }
        if first.starts(with: "OggS".utf8) {
            return OggReader(headReserveBytes: headReserveBytes)
        }
        if first.dropFirst(4).starts(with: "ftyp".utf8) {
            return MP4Reader(headReserveBytes: headReserveBytes)
        }
        return OpaqueReader(headReserveBytes: headReserveBytes)
    }
}

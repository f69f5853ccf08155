/// The reader for whatever a recording turns out to be, told by its first bytes.
///
/// Nothing is decided before `sniffedCount` bytes are there (or the recording ends), so the
/// same bytes in other pieces give the same reader.
package struct AnyMediaReader: Sendable {
    private static let sniffedCount = 8
    /// The ID of an EBML header (RFC 8794 §11.2.1).
    private static let ebml: [UInt8] = [0x1A, 0x45, 0xDF, 0xA3]

    private let headReserveBytes: Int
    /// Once chosen it is changed where it is: a copy would copy its index.
    private var reader: (any MediaReader)?
    private var first: [UInt8] = []

    package init(headReserveBytes: Int) { self.headReserveBytes = headReserveBytes }

    package var description: MediaDescription {
        reader?.description ?? MediaDescription(container: "unknown")
    }

    package mutating func read(_ bytes: Span<UInt8>, frame: (Frame) -> Void = { _ in }) {
        guard reader == nil else {
            reader?.read(bytes, frame: frame)
            return
        }
        var taken = 0
        while first.count < Self.sniffedCount, taken < bytes.count {
            first.append(bytes[taken])
            taken += 1
        }
        guard first.count == Self.sniffedCount else { return }
        choose(frame)
        reader?.read(bytes.extracting(taken..<bytes.count), frame: frame)
    }

    package mutating func skip(_ byteCount: Int64) {
        choose { _ in }
        reader?.skip(byteCount)
    }

    package mutating func takeEdits() -> [Edit] {
        reader?.takeEdits() ?? []
    }

    package consuming func finish(
        frame: (Frame) -> Void = { _ in }
    ) -> (artifact: Artifact, edits: [Edit]) {
        var ended = self
        ended.choose(frame)
        guard let reader = ended.reader else {
            preconditionFailure("a reader was just chosen")
        }
        return reader.finish(frame: frame)
    }

    /// Chooses with what there is. So few bytes hold no frame that a caller could miss.
    private mutating func choose(_ frame: (Frame) -> Void) {
        guard reader == nil else { return }
        let sniffed = first
        first = []
        reader = chosen(sniffed)
        reader?.read(sniffed.span, frame: frame)
    }

    private func chosen(_ first: [UInt8]) -> any MediaReader {
        let magic = first.prefix(Self.ebml.count)
        // A recording that ended within the ID is one that ended in its head.
        if !magic.isEmpty, Self.ebml.starts(with: magic) {
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

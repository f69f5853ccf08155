@testable import Containers

/// What a reader made of some bytes, and the file that comes of it.
struct ReaderRun: Equatable {
    var artifact: Artifact
    /// In the order of their offsets.
    var edits: [Edit]
    var frames: [Frame]
    /// The finished file.
    var file: [UInt8]

    /// Reads `bytes` in pieces of `pieces`. The bytes of `hole` are missing, zeros in the file.
    init<Reader: MediaReader>(
        _ type: Reader.Type, _ bytes: [UInt8], pieces: Int = .max, hole: Range<Int> = 0..<0,
        reserve: Int = 0
    ) {
        var reader = Reader(headReserveBytes: reserve)
        var bytes = bytes
        var frames: [Frame] = []
        var edits: [Edit] = []
        for part in [0..<hole.lowerBound, hole.upperBound..<bytes.count] {
            if part.lowerBound > 0, !hole.isEmpty { reader.skip(Int64(hole.count)) }
            var start = part.lowerBound
            while start < part.upperBound {
                let end = start + min(part.upperBound - start, pieces)
                reader.read(Array(bytes[start..<end]).span) { frames.append($0) }
                edits += reader.takeEdits()
                start = end
            }
        }
        for index in hole { bytes[index] = 0 }
        let (artifact, rest) = reader.finish { frames.append($0) }
        self.artifact = artifact
        self.edits = (edits + rest).sorted { $0.offset < $1.offset }
        self.frames = frames
        for edit in self.edits {
            for (index, byte) in edit.bytes.enumerated() { bytes[Int(edit.offset) + index] = byte }
        }
        file = artifact.head + bytes[Int(artifact.start)..<Int(artifact.end)] + artifact.index
    }

    var kinds: [MediaDamage.Kind] { artifact.damage.map(\.kind) }
}

internal import Containers

/// What a reader made of a recording: nothing of it may depend on how the bytes came.
struct MediaRun: Equatable {
    var artifact: Artifact
    /// In the order of their offsets.
    var edits: [Edit] = []
    var frames: [Frame] = []

    init<Reader: MediaReader>(
        _ type: Reader.Type, _ bytes: [UInt8], _ pieces: [Range<Int>], hole: Range<Int> = 0..<0,
        headReserveBytes: Int
    ) {
        var reader = Reader(headReserveBytes: headReserveBytes)
        var frames: [Frame] = []
        var edits: [Edit] = []
        var isHoleTold = hole.isEmpty
        for piece in pieces {
            if !isHoleTold, piece.lowerBound >= hole.upperBound {
                reader.skip(Int64(hole.count))
                isHoleTold = true
            }
            reader.read(bytes.span.extracting(piece)) { frames.append($0) }
            edits += reader.takeEdits()
        }
        if !isHoleTold { reader.skip(Int64(hole.count)) }
        let (artifact, rest) = reader.finish { frames.append($0) }
        self.artifact = artifact
        self.edits = (edits + rest).sorted { $0.offset < $1.offset }
        self.frames = frames
    }

    /// The finished file.
    func file(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for edit in edits {
            bytes.replaceSubrange(Int(edit.offset)..<Int(edit.range.upperBound), with: edit.bytes)
        }
        return artifact.head + bytes[Int(artifact.start)..<Int(artifact.end)] + artifact.index
    }

    /// Nil when both are the same, or what is not.
    func difference(from other: MediaRun) -> String? {
        if frames != other.frames { return "frames" }
        if edits != other.edits { return "edits \(edits) and \(other.edits)" }
        if artifact == other.artifact { return nil }
        return "artifact \(artifact.facts) and \(other.artifact.facts)"
    }
}

extension Artifact {
    /// All but the bytes.
    var facts: String {
        "start \(start) end \(end) head \(head.count) index \(index.count) \(description) "
            + "\(damage) \(notes) \(copyReason ?? "") \(unverifiedReason ?? "")"
    }
}

extension Frame {
    /// Its payload in `bytes`, which it was read from.
    func payload(in bytes: [UInt8]) -> [UInt8] {
        ([payload] + continuation).flatMap {
            bytes[Int($0.lowerBound)..<Int($0.upperBound)]
        }
    }
}

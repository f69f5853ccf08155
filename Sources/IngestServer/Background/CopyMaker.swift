internal import Containers
internal import Posix

/// Makes a copy of received bytes that can be finished, where they cannot be finished in place.
///
/// It reads them twice: once to know what is in the way, once to copy them without it; the copy is
/// followed and edited like any recording that arrives. Twice the bytes are kept then: the copy to
/// play, and what was received.
///
/// Blocks: for as long as the recording is.
struct CopyMaker {
    private let source: ArtifactSource

    /// - Parameter source: a publication as received, so that its bytes are the received ones.
    init(_ source: ArtifactSource) { self.source = source }

    enum Outcome {
        /// Nobody wants it any more, or not now.
        case stopped
        /// Not even a copy can be finished.
        case impossible
        /// The artifact begins at `offset` of the file, which is durable.
        case made(Artifact, offset: Int64)
    }

    func make(_ path: String, _ files: any FileSystem) throws(SystemError) -> Outcome {
        var reader = AnyMediaReader(headReserveBytes: 0)
        let isWhole = try forEachPiece(of: 0..<source.byteCount) { piece in
            feed(&reader, piece)
            _ = reader.takeEdits()
        }
        guard isWhole else { return .stopped }
        guard let plan = reader.finish().artifact.copyPlan else { return .impossible }
        return try copy(plan, to: try files.open(path, .replace))
    }

    private func copy(
        _ plan: CopyPlan, to file: any StoredFile
    ) throws(SystemError) -> Outcome {
        let reserve = Int64(plan.headReserveBytes)
        var reader = AnyMediaReader(headReserveBytes: plan.headReserveBytes)
        var position: Int64 = 0
        func take(_ piece: Piece) throws(SystemError) {
            switch piece {
            case .bytes(let bytes):
                try file.write(bytes, at: reserve + position)
                position += Int64(bytes.count)
            // It stays a hole, and takes no room.
            case .missing(let byteCount): position += byteCount
            }
            feed(&reader, piece)
            try edit(file, reader.takeEdits(), reserve)
        }
        for piece in plan.pieces(length: source.byteCount) {
            switch piece {
            case .inserted(let bytes): try take(.bytes(bytes))
            case .received(let range):
                guard try forEachPiece(of: range, take) else { return .stopped }
            }
        }
        let (artifact, edits) = reader.finish()
        guard !artifact.isAsReceived else { return .impossible }
        try edit(file, edits, reserve)
        let offset = reserve + artifact.start - Int64(artifact.head.count)
        try file.write(artifact.head, at: offset)
        try file.write(artifact.index, at: reserve + artifact.end)
        try file.truncate(to: offset + artifact.byteCount)
        try file.syncData()
        return .made(artifact, offset: offset)
    }

    private func edit(
        _ file: any StoredFile, _ edits: [Edit], _ reserve: Int64
    ) throws(SystemError) {
        for edit in edits { try file.write(edit.bytes, at: reserve + edit.offset) }
    }

    private enum Piece {
        case bytes([UInt8])
        /// Bytes that were never received, as many as there are together.
        case missing(Int64)
    }

    private func feed(_ reader: inout AnyMediaReader, _ piece: Piece) {
        switch piece {
        case .bytes(let bytes): reader.read(bytes.span)
        case .missing(let byteCount): reader.skip(byteCount)
        }
    }

    /// Gives the bytes of `range` to `body`. False: it stopped in the middle.
    private func forEachPiece(
        of range: Range<Int64>, _ body: (Piece) throws(SystemError) -> Void
    ) throws(SystemError) -> Bool {
        var position = range.lowerBound
        while position < range.upperBound {
            guard source.isWanted else { return false }
            var end = min(range.upperBound, position + ArtifactSource.pieceBytes)
            let hole = source.holes.first { $0.upperBound > position && $0.lowerBound < end }
            if let hole, hole.contains(position) {
                end = min(range.upperBound, hole.upperBound)
                try body(.missing(end - position))
            } else {
                if let hole { end = hole.lowerBound }
                try body(.bytes(try source.read(position..<end)))
            }
            position = end
        }
        return true
    }
}

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
        let isWhole = try forEachPiece(of: 0..<source.byteCount) { bytes, missing in
            feed(&reader, bytes, missing)
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
        func take(_ bytes: [UInt8], _ missing: Bool) throws(SystemError) {
            try file.write(bytes, at: reserve + position)
            position += Int64(bytes.count)
            feed(&reader, bytes, missing)
            try edit(file, reader.takeEdits(), reserve)
        }
        for piece in plan.pieces(length: source.byteCount) {
            switch piece {
            case .inserted(let bytes): try take(bytes, false)
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

    private func feed(_ reader: inout AnyMediaReader, _ bytes: [UInt8], _ isMissing: Bool) {
        if isMissing { reader.skip(Int64(bytes.count)) } else { reader.read(bytes.span) }
    }

    /// Gives the bytes of `range` to `body`, and whether they were never received. False: it
    /// stopped in the middle.
    private func forEachPiece(
        of range: Range<Int64>, _ body: ([UInt8], Bool) throws(SystemError) -> Void
    ) throws(SystemError) -> Bool {
        var position = range.lowerBound
        while position < range.upperBound {
            guard source.isWanted else { return false }
            var end = min(range.upperBound, position + ArtifactSource.pieceBytes)
            let hole = source.holes.first { $0.upperBound > position && $0.lowerBound < end }
            let isMissing = hole?.contains(position) ?? false
            if let hole { end = min(end, isMissing ? hole.upperBound : hole.lowerBound) }
            try body(try source.read(position..<end), isMissing)
            position = end
        }
        return true
    }
}

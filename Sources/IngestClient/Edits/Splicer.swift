internal import Containers
internal import Foundation
internal import Opus

/// Makes new recordings from the packets and blocks of old ones. Blocks: on disk.
struct Splicer {
    enum Plan {
        case opus(OpusSplice)
        case webm(WebMSplice)
    }

    private enum Sources {
        case opus([OggOpusPackets])
        case webm([WebMBlocks])
    }

    private static let pieceBytes: Int64 = 1 << 20
    /// Samples of one page: a second.
    private static let pageSampleCount = 48_000

    private let outbox: Outbox
    private let originals: [OutboxRecording]
    private let files: [MediaFile]
    private let sources: Sources

    /// Reads the originals, at least one.
    ///
    /// Errors: `impossible` if they are of no kind that can be cut, or of different kinds.
    init(_ outbox: Outbox, _ originals: [OutboxRecording]) throws(EditError) {
        self.outbox = outbox
        self.originals = originals
        var files: [MediaFile] = []
        var isOgg: Set<Bool> = []
        for original in originals {
            let file = try EditError.wrapping { () throws(OutboxError) in
                try MediaFile(original.mediaPath, .read)
            }
            files.append(file)
            let first = try Self.read(file, 0..<min(4, original.byteCount))
            isOgg.insert(first.elementsEqual(OggPageHeader.capturePattern))
        }
        self.files = files
        guard isOgg.count == 1, let isOgg = isOgg.first else {
            throw .impossible("Ogg and WebM cannot be joined.")
        }
        if isOgg {
            var packets: [OggOpusPackets] = []
            for (file, original) in zip(files, originals) {
                packets.append(try Self.packets(file, original.byteCount))
            }
            try Self.checkSame(packets, files)
            sources = .opus(packets)
        } else {
            var blocks: [WebMBlocks] = []
            for (file, original) in zip(files, originals) {
                blocks.append(try Self.blocks(file, original.byteCount))
            }
            sources = .webm(blocks)
        }
    }

    func plan(_ pieces: [SplicePiece], _ seam: SpliceSeam) throws(EditError) -> Plan {
        try EditError.wrapping { () throws(SpliceError) in
            switch sources {
            case .opus(let packets):
                .opus(try OpusSplice(packets.compactMap(\.timeline), pieces, seam: seam))
            case .webm(let blocks): .webm(try WebMSplice(blocks, pieces, seam: seam))
            }
        }
    }

    /// Writes a new recording, which is kept until someone says to send it.
    func write(_ plan: Plan) throws(EditError) -> OutboxRecording {
        let first = originals[0]
        var new = NewRecording(
            mediaType: first.mediaType, title: first.title, startedAt: first.startedAt,
            sendPolicy: .recordOnly)
        new.device = first.device
        new.editOf = originals.map(\.id).joined(separator: " ")
        new.isCutAtOggPages = if case .opus = plan { true } else { false }
        let open = try EditError.wrapping { () throws(OutboxError) in try outbox.begin(new) }
        let id = open.id
        do throws(EditError) {
            let seconds: Double
            switch (plan, sources) {
            case (.opus(let splice), .opus(let packets)):
                try write(splice, packets, to: open)
                seconds = Double(splice.sampleCount) / 48_000
            case (.webm(let splice), .webm(let blocks)):
                try write(splice, blocks, to: open)
                seconds = splice.seconds
            default: preconditionFailure("a plan is of its sources' kind")
            }
            return try EditError.wrapping { () throws(OutboxError) in
                try open.finish(durationSeconds: seconds)
            }
        } catch {
            // Half an edit is none; without room it has ended already.
            _ = try? open.finish(reason: "\(error)")
            try? outbox.delete(id)
            throw error
        }
    }

    // MARK: Ogg Opus

    private func write(
        _ splice: OpusSplice, _ packets: [OggOpusPackets], to open: OpenRecording
    ) throws(EditError) {
        var pages = OggWriter(serial: .random(in: 0...UInt32.max))
        var head = try bytes(packets[0].headers[0], of: 0)
        // RFC 7845 §5.1, field 4.
        head[10] = UInt8(truncatingIfNeeded: splice.preSkip)
        head[11] = UInt8(truncatingIfNeeded: splice.preSkip >> 8)
        pages.add(head, granule: 0)
        var waiting = pages.flush()
        pages.add(try bytes(packets[0].headers[1], of: 0), granule: 0)
        waiting += pages.flush()
        var granule: Int64 = 0
        var pageStart: Int64 = 0
        for (index, run) in splice.runs.enumerated() {
            let isLastRun = index == splice.runs.count - 1
            try forEachPacket(of: run) { (number, packet) throws(EditError) in
                granule += Int64(packet.sampleCount)
                let isLast = isLastRun && number == run.packets.upperBound - 1
                pages.add(
                    try bytes(packet.pieces, of: run.source),
                    granule: isLast ? splice.endGranule : granule, isLast: isLast)
                guard isLast || granule - pageStart >= Int64(Self.pageSampleCount) else { return }
                pageStart = granule
                waiting += pages.flush()
                if isLast || Int64(waiting.count) >= Self.pieceBytes {
                    try append(waiting, to: open)
                    waiting = []
                }
            }
        }
    }

    private func forEachPacket(
        of run: OpusSplice.Run,
        _ body: (Int, OggOpusPackets.Packet) throws(EditError) -> Void
    ) throws(EditError) {
        var reader = OggOpusPackets()
        var number = 0
        var offset: Int64 = 0
        while number < run.packets.upperBound, offset < originals[run.source].byteCount {
            let end = min(offset + Self.pieceBytes, originals[run.source].byteCount)
            let piece = try Self.read(files[run.source], offset..<end)
            var found: [OggOpusPackets.Packet] = []
            try EditError.wrapping { () throws(SpliceError) in
                try reader.read(piece.span) { found.append($0) }
            }
            for packet in found {
                if run.packets.contains(number) { try body(number, packet) }
                number += 1
            }
            offset = end
        }
    }

    private func bytes(_ pieces: [Range<Int64>], of source: Int) throws(EditError) -> [UInt8] {
        var bytes: [UInt8] = []
        for piece in pieces { bytes += try Self.read(files[source], piece) }
        return bytes
    }

    private static func packets(
        _ file: MediaFile, _ byteCount: Int64
    ) throws(EditError) -> OggOpusPackets {
        var packets = OggOpusPackets()
        var offset: Int64 = 0
        while offset < byteCount {
            let end = min(offset + pieceBytes, byteCount)
            let piece = try read(file, offset..<end)
            try EditError.wrapping { () throws(SpliceError) in try packets.read(piece.span) }
            offset = end
        }
        _ = try EditError.wrapping { () throws(SpliceError) in try packets.finish() }
        return packets
    }

    /// The first header applies to all; only pre-skip and the rate of the input may differ.
    private static func checkSame(
        _ packets: [OggOpusPackets], _ files: [MediaFile]
    ) throws(EditError) {
        var common: [UInt8]?
        for (reader, file) in zip(packets, files) {
            var head: [UInt8] = []
            for piece in reader.headers[0] { head += try read(file, piece) }
            head.replaceSubrange(10..<16, with: repeatElement(0, count: 6))
            guard common ?? head == head else {
                throw .impossible("They have different channels: they cannot be joined.")
            }
            common = head
        }
    }

    // MARK: WebM

    private func write(
        _ splice: WebMSplice, _ blocks: [WebMBlocks], to open: OpenRecording
    ) throws(EditError) {
        var failure: EditError?
        do throws(SpliceError) {
            try splice.write(
                blocks,
                read: { (source, range) throws(SpliceError) in
                    try Self.spliceRead(files[source], range)
                },
                write: { (bytes) throws(SpliceError) in
                    do throws(EditError) { try append(bytes, to: open) } catch {
                        failure = error
                        throw .unfit(error.description)
                    }
                })
        } catch {
            throw failure ?? .impossible(error.description)
        }
    }

    private static func blocks(
        _ file: MediaFile, _ byteCount: Int64
    ) throws(EditError) -> WebMBlocks {
        try EditError.wrapping { () throws(SpliceError) in
            try WebMBlocks(byteCount: byteCount) { (offset, count) throws(SpliceError) in
                try spliceRead(file, offset..<min(offset + Int64(count), byteCount))
            }
        }
    }

    // MARK: Bytes

    private func append(_ bytes: [UInt8], to open: OpenRecording) throws(EditError) {
        try EditError.wrapping { () throws(OutboxError) in try open.append(bytes) }
    }

    private static func read(
        _ file: MediaFile, _ range: Range<Int64>
    ) throws(EditError) -> [UInt8] {
        try EditError.wrapping { () throws(OutboxError) in [UInt8](try file.read(range)) }
    }

    private static func spliceRead(
        _ file: MediaFile, _ range: Range<Int64>
    ) throws(SpliceError) -> [UInt8] {
        do throws(EditError) { return try read(file, range) } catch {
            throw .unfit(error.description)
        }
    }
}

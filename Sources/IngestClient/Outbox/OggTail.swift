internal import Containers

/// How a file of Ogg pages ends that its recorder did not get to end.
struct OggTail {
    private static let pieceBytes: Int64 = 1 << 20

    /// Where the last of the whole pages ends that follow each other from the file's start.
    private(set) var end: Int64 = 0
    private var last: OggPageHeader?

    /// Blocks: reads the file once.
    init(_ file: MediaFile) throws(OutboxError) {
        let byteCount = try file.byteCount
        var reader = OggPageReader()
        var offset: Int64 = 0
        while offset < byteCount {
            let piece = offset..<min(byteCount, offset + Self.pieceBytes)
            let bytes = [UInt8](try file.read(piece))
            reader.append(bytes.span) { event, _ in
                guard case .page(let header, end, let byteCount) = event else { return }
                end += Int64(byteCount)
                last = header
            }
            offset = piece.upperBound
        }
    }

    /// The page without packets that says the stream has ended (RFC 3533 §6); nil where that was
    /// said already.
    var endMark: [UInt8]? {
        guard let last, !last.flags.contains(.endsStream) else { return nil }
        return OggPageHeader.emptyPage(
            serial: last.serial, sequence: last.sequence &+ 1, flags: .endsStream)
    }
}

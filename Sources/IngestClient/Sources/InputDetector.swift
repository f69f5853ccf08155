internal import Containers

/// Tells by the first bytes what a source gives.
struct InputDetector {
    /// What is known by now.
    enum Finding: Equatable {
        /// More bytes are needed.
        case undecided
        /// Raw sound: `rest` is the beginning of it, `byteCount` all of it, if that is known.
        case pcm(PCMFormat, rest: [UInt8], byteCount: Int64?)
        /// An encoded stream: `rest` is all of it so far.
        case encoded(mediaType: String, rest: [UInt8])
        /// None of the kinds that are known: `rest` is all of it so far.
        case unknown(rest: [UInt8])
        /// A WAV file that cannot be read: a sentence.
        case refused(String)
    }

    /// Enough to tell all kinds.
    private static let byteCountMin = 12
    private static let unknown = "application/octet-stream"

    private let input: RecordingInput
    private var first: [UInt8] = []

    init(_ input: RecordingInput) { self.input = input }

    /// - Parameter isEnd: nothing follows these bytes.
    mutating func take(_ bytes: [UInt8], isEnd: Bool = false) -> Finding {
        first += bytes
        switch input {
        case .pcm(let format): return .pcm(format, rest: first, byteCount: nil)
        case .encoded(let mediaType?): return .encoded(mediaType: mediaType, rest: first)
        case .detect, .encoded(nil): break
        }
        guard first.count >= Self.byteCountMin || isEnd else { return .undecided }
        if input == .detect, WAVHeader.begins(first) {
            switch WAVHeader.read(first) {
            case .whole(let header):
                let rest = Array(first[header.byteCount...])
                return .pcm(header.format, rest: rest, byteCount: header.dataByteCount)
            case .refused(let reason): return .refused("A WAV file, but \(reason).")
            case .incomplete:
                return isEnd ? .refused("A WAV file that ends before its samples.") : .undecided
            }
        }
        guard let mediaType = Self.mediaType(first) else { return .unknown(rest: first) }
        return .encoded(mediaType: mediaType, rest: first)
    }

    private static func mediaType(_ first: [UInt8]) -> String? {
        var reader = AnyMediaReader(headReserveBytes: 0)
        reader.read(first.span)
        switch reader.description.container {
        case "webm": return "video/webm"
        case "ogg": return "audio/ogg"
        case "mp4": return "video/mp4"
        default: return nil
        }
    }
}

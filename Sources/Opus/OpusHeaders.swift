internal import COpus

/// The two packets with which an Opus stream begins (RFC 7845 §5), for one or two channels.
package enum OpusHeaders {
    /// The identification header (RFC 7845 §5.1), 19 bytes.
    ///
    /// - Parameters:
    ///   - preSkip: samples at 48 kHz that a player drops at the start.
    ///   - inputRate: of what went into the encoder, in Hz; players do not need it.
    package static func head(channels: Int, preSkip: Int, inputRate: Int) -> [UInt8] {
        Array("OpusHead".utf8) + [1, UInt8(channels)] + number(preSkip, 2)
            + number(inputRate, 4) + [0, 0, 0]
    }

    /// The comment header (RFC 7845 §5.2): who encoded it, and its title.
    package static func tags(title: String?) -> [UInt8] {
        var comments = ["ENCODER=Holdfast"]
        if let title { comments.append("TITLE=\(title)") }
        return Array("OpusTags".utf8) + text(String(cString: opus_get_version_string()))
            + number(comments.count, 4) + comments.flatMap { text($0) }
    }

    private static func text(_ text: String) -> [UInt8] {
        number(text.utf8.count, 4) + Array(text.utf8)
    }

    /// Little-endian.
    private static func number(_ value: Int, _ byteCount: Int) -> [UInt8] {
        (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}

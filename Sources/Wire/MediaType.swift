/// A media type, read leniently as browsers write it: `video/webm;codecs=vp8,opus`.
package struct MediaType: Sendable, Hashable {
    /// Type and subtype, lower case, without parameters: `video/webm`.
    package let base: String
    /// The whole text as it was given.
    package let text: String

    /// What a recording is served as when its type is not on the list.
    package static let unknown = "application/octet-stream"

    /// Nil unless `text` begins with `type/subtype` (RFC 9110 §8.3.1), at most 255 bytes in all,
    /// printable ASCII.
    ///
    /// Parameters are kept as text and not looked at: `codecs=vp8,opus` without quotes, as
    /// MediaRecorder writes it, is no valid parameter.
    package init?(_ text: String) {
        guard text.utf8.count <= 255, text.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else {
            return nil
        }
        let base = text.prefix { $0 != ";" }
        let trimmed = base.drop { $0 == " " }.split(
            separator: " ", omittingEmptySubsequences: true)
        guard trimmed.count == 1, let name = trimmed.first else { return nil }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy(Self.isToken) else { return nil }
        self.base = name.lowercased()
        self.text = text
    }

    /// What the bytes of a recording are made of, as far as its type tells.
    package enum Container: String, Sendable, Codable, CaseIterable {
        case webm, ogg, mp4, other
    }

    package var container: Container { known?.container ?? .other }

    /// Whether a browser may show it in place; anything else is an attachment.
    package var isServedInline: Bool { known != nil }

    /// The type it is served as: its own when that is on the list.
    package var servedAs: String { isServedInline ? base : Self.unknown }

    /// For the name of a download, without a dot.
    package var fileExtension: String { known?.fileExtension ?? "bin" }

    private var known: Known? { Self.list[base] }

    private struct Known {
        let container: Container
        let fileExtension: String
    }

    private static let list: [String: Known] = [
        "audio/webm": Known(container: .webm, fileExtension: "webm"),
        "video/webm": Known(container: .webm, fileExtension: "webm"),
        "audio/x-matroska": Known(container: .webm, fileExtension: "mka"),
        "video/x-matroska": Known(container: .webm, fileExtension: "mkv"),
        "audio/matroska": Known(container: .webm, fileExtension: "mka"),
        "video/matroska": Known(container: .webm, fileExtension: "mkv"),
        "audio/ogg": Known(container: .ogg, fileExtension: "ogg"),
        "video/ogg": Known(container: .ogg, fileExtension: "ogv"),
        "audio/opus": Known(container: .ogg, fileExtension: "opus"),
        "audio/mp4": Known(container: .mp4, fileExtension: "m4a"),
        "video/mp4": Known(container: .mp4, fileExtension: "mp4"),
        "audio/x-m4a": Known(container: .mp4, fileExtension: "m4a"),
        "video/quicktime": Known(container: .mp4, fileExtension: "mov"),
        "audio/mpeg": Known(container: .other, fileExtension: "mp3"),
        "audio/aac": Known(container: .other, fileExtension: "aac"),
        "audio/flac": Known(container: .other, fileExtension: "flac"),
        "audio/wav": Known(container: .other, fileExtension: "wav"),
        "audio/x-wav": Known(container: .other, fileExtension: "wav"),
        "audio/vnd.wave": Known(container: .other, fileExtension: "wav"),
        "video/mpeg": Known(container: .other, fileExtension: "mpg"),
        "video/mp2t": Known(container: .other, fileExtension: "ts"),
    ]

    /// RFC 9110 §5.6.2.
    private static func isToken(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                StructuredField.isDigit(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                    || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
    }
}

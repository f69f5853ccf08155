internal import Foundation
internal import Wire

/// Media types and the endings of file names.
enum MediaTypes {
    private static let endings = [
        ("webm", "video/webm"), ("weba", "audio/webm"), ("mkv", "video/x-matroska"),
        ("mka", "audio/x-matroska"), ("ogg", "audio/ogg"), ("oga", "audio/ogg"),
        ("opus", "audio/ogg"), ("ogv", "video/ogg"), ("mp4", "video/mp4"), ("m4v", "video/mp4"),
        ("m4a", "audio/mp4"), ("mp3", "audio/mpeg"), ("wav", "audio/wav"), ("flac", "audio/flac"),
    ]

    /// By the name's ending; what is not known is a stream of bytes.
    static func ofFile(named name: String) -> String {
        let ending = name.split(separator: ".").last?.lowercased()
        return endings.first { $0.0 == ending }?.1 ?? MediaType.unknown
    }

    /// The ending for a media type, parameters left out; `bin` for an unknown one.
    static func ending(of mediaType: String) -> String {
        let plain = mediaType.split(separator: ";").first.map {
            $0.trimmingCharacters(in: .whitespaces).lowercased()
        }
        return endings.first { $0.1 == plain }?.0 ?? "bin"
    }
}

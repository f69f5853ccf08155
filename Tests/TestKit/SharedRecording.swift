package import Foundation

/// A recording that a real recorder made, with the facts its manifest states.
package struct SharedRecording: Sendable, CustomStringConvertible {
    package let name: String
    package let mediaType: String
    /// Damaged on purpose; what is served may then differ from what plays.
    package let isDamaged: Bool
    /// The chunks as the recorder cut them, empty ones left out, numbered from 0.
    package let chunks: [SharedChunk]
    package let byteCount: Int64
    /// SHA-256 of all bytes in order, lower-case hexadecimal.
    package let sha256: String
    /// By full decoding; nil where nothing decodes.
    package let durationSeconds: Double?
    /// What decoded: `video`, `audio`, in the order of the file.
    package let trackKinds: [String]

    package var description: String { name }

    /// All bytes in order.
    package func bytes() throws -> [UInt8] {
        var all: [UInt8] = []
        for chunk in chunks { all += try chunk.bytes() }
        return all
    }
}

/// One chunk of a shared recording.
package struct SharedChunk: Sendable {
    package let sequence: Int64
    package let offset: Int64
    package let byteCount: Int
    /// Lower-case hexadecimal.
    package let sha256: String
    package let file: URL

    package func bytes() throws -> [UInt8] { [UInt8](try Data(contentsOf: file)) }
}

extension SharedRecording {
    /// Reads `FOLDER/manifest.json`. Errors: whatever Foundation says of a missing or odd one.
    package init(folder: URL) throws {
        let manifest = try JSONDecoder().decode(
            Manifest.self, from: Data(contentsOf: folder.appending(path: "manifest.json")))
        name = manifest.name
        mediaType = manifest.mime
        isDamaged = manifest.damaged
        byteCount = manifest.total_size
        sha256 = manifest.sha256
        durationSeconds = manifest.decoded.duration_s
        trackKinds = manifest.decoded.tracks?.map(\.type) ?? []
        chunks = manifest.chunks.filter { $0.length > 0 }.enumerated().map { index, entry in
            SharedChunk(
                sequence: Int64(index), offset: entry.offset, byteCount: entry.length,
                sha256: entry.sha256, file: folder.appending(path: entry.file))
        }
    }

    /// The keys of manifest.json as they are spelled there.
    private struct Manifest: Decodable {
        let name: String
        let mime: String
        let damaged: Bool
        let total_size: Int64
        let sha256: String
        let decoded: Decoded
        let chunks: [Entry]

        struct Decoded: Decodable {
            let duration_s: Double?
            let tracks: [Track]?
        }
        struct Track: Decodable { let type: String }
        struct Entry: Decodable {
            let file: String
            let offset: Int64
            let length: Int
            let sha256: String
        }
    }
}

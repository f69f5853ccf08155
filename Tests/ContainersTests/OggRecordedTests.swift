import Foundation
import Testing

@testable import Containers

/// Recordings of real recorders; they lie beside the source tree where they are at hand.
enum Recorded {
    struct Manifest: Decodable, Sendable {
        struct Decoded: Decodable, Sendable {
            struct Track: Decodable, Sendable { let packets: Int }
            let tracks: [Track]?
        }
        struct Structure: Decodable, Sendable { let duration_structural_ms: Double? }
        let damaged: Bool
        let decoded: Decoded
        let structure: Structure
    }

    struct Recording: Sendable, CustomTestStringConvertible {
        let name: String
        let bytes: [UInt8]
        let manifest: Manifest
        var testDescription: String { name }
    }

    /// The folder of recordings, looked for upwards from this file.
    static let folder: URL? = {
        var folder = URL(filePath: #filePath).deletingLastPathComponent()
        while folder.path() != "/" {
            let media = folder.appending(path: "shared/media")
            if FileManager.default.fileExists(atPath: media.path()) { return media }
            folder.deleteLastPathComponent()
        }
        return nil
    }()

    /// Every recording of at most `bytesMax` bytes whose name contains `text`.
    static func named(_ text: String, bytesMax: Int = 100_000) -> [Recording] {
        guard let folder else { return [] }
        let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path())
        return (names ?? []).sorted().filter { $0.contains(text) }.compactMap { name in
            let recording = folder.appending(path: name)
            let files = try? FileManager.default.contentsOfDirectory(atPath: recording.path())
            let chunks = (files ?? []).filter { $0.hasSuffix(".bin") }.sorted().compactMap {
                try? Data(contentsOf: recording.appending(path: $0))
            }
            let bytes = chunks.flatMap { Array($0) }
            guard bytes.count <= bytesMax,
                let json = try? Data(contentsOf: recording.appending(path: "manifest.json")),
                let manifest = try? JSONDecoder().decode(Manifest.self, from: json)
            else { return nil }
            return Recording(name: name, bytes: bytes, manifest: manifest)
        }
    }
}

@Suite("Recorded Ogg and MP4")
struct OggRecordedTests {
    @Test("Real Ogg recordings", arguments: Recorded.named("ogg"))
    func ogg(recording: Recorded.Recording) {
        let run = ReaderRun(OggReader.self, recording.bytes, pieces: 4_001)
        let description = run.artifact.description
        if let expected = recording.manifest.structure.duration_structural_ms {
            #expect(abs((description.durationMilliseconds ?? 0) - expected) < 0.01)
        }
        // FFmpeg counts the packets of both recordings of a chain as one track.
        let packets = recording.manifest.decoded.tracks?.first?.packets
        #expect(packets == run.frames.count)
        #expect(description.tracks.reduce(0) { $0 + $1.frames } == Int64(run.frames.count))
        #expect(run.kinds.isEmpty == !recording.manifest.damaged)
        if !recording.manifest.damaged { #expect(run.edits.isEmpty) }
        let isWhole = ReaderRun(OggReader.self, run.file).edits.isEmpty
        #expect(isWhole)
    }

    @Test("Real MP4 recordings", arguments: Recorded.named("mp4"))
    func mp4(recording: Recorded.Recording) {
        let run = ReaderRun(MP4Reader.self, recording.bytes, pieces: 4_001)
        #expect(run.kinds.isEmpty && run.artifact.end == Int64(recording.bytes.count))
        let tracks = run.artifact.description.tracks
        #expect(tracks.map(\.frames).sorted() == packets(recording).sorted())
    }

    private func packets(_ recording: Recorded.Recording) -> [Int64] {
        (recording.manifest.decoded.tracks ?? []).map { Int64($0.packets) }
    }
}

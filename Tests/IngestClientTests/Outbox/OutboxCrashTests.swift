import Containers
import Foundation
import IngestClient
import TestKit
import Testing

/// What a crash leaves behind at each step, and what opening makes of it.
@Suite("Outbox after a crash") struct OutboxCrashTests {
    private let profile = Profile()
    private let bytes: [UInt8] = {
        var random = SeededRandom(2)
        return random.bytes(3300)
    }()

    enum Step: CaseIterable {
        case begun, appended, appendedTwice, cut, appendedAfterCut
    }

    @Test("nothing that reached the file is lost, at any step", arguments: Step.allCases)
    func steps(step: Step) throws {
        var outbox: Outbox? = try profile.open()
        var open = try outbox?.begin(NewRecording(mediaType: "video/webm"))
        let id = try #require(open?.id)
        var expected = 0
        func append(_ count: Int) throws {
            try open?.append(Array(bytes[expected..<(expected + count)]))
            expected += count
        }
        if step != .begun { try append(1500) }
        if step == .appendedTwice { try append(700) }
        if step == .cut || step == .appendedAfterCut { try open?.cutChunk() }
        if step == .appendedAfterCut { try append(1800) }
        // The process is gone: nothing was said to the outbox.
        open = nil
        outbox = nil
        let again = try profile.open()
        let recording = try again.recording(id)
        #expect(recording.state == .pending && recording.byteCount == Int64(expected))
        #expect(recording.endReason == "the recorder crashed")
        #expect(again.findings.count == 1)
        #expect(try profile.media(recording) == Array(bytes[..<expected]))
        let chunks = try again.chunks(of: id)
        #expect(chunks.map(\.sequence) == (0..<Int64(chunks.count)).map { $0 })
        #expect(chunks.reduce(Int64(0)) { $0 + $1.byteCount } == Int64(expected))
        if step == .cut || step == .appendedAfterCut {
            #expect(chunks.prefix(2).map(\.range) == [0..<1000, 1000..<1500])
        }
        for chunk in chunks {
            let range = Int(chunk.offset)..<Int(chunk.offset + chunk.byteCount)
            #expect(try again.bytes(of: chunk, recording) == Data(bytes[range]))
        }
        #expect(try again.digest(of: id) == Checksums.sha256(Array(bytes[..<expected])))
    }

    @Test("a torn last page of a recording cut at pages goes; whole ones beyond the row stay")
    func tornPage() throws {
        let file = try SharedRecordings.fixture("fx-ogg-opus-ts1000")
        let ogg = try file.bytes()
        let pages = Self.pageEnds(ogg)
        #expect(pages.count > 4)
        let (row, whole) = (pages[1], pages[3])
        var new = NewRecording(mediaType: "audio/ogg")
        new.isCutAtOggPages = true
        for torn in [whole + 1, whole + 30, pages[4] - 1, pages[4]] {
            var outbox: Outbox? = try profile.open()
            var open = try outbox?.begin(new)
            let id = try #require(open?.id)
            try open?.append(Array(ogg[..<row]))
            try open?.cutChunk()
            try open?.append(Array(ogg[row..<torn]))
            open = nil
            outbox = nil
            let again = try profile.open()
            let recording = try again.recording(id)
            let expected = torn == pages[4] ? torn : whole
            // Behind it stands the empty page that ends the stream.
            #expect(recording.byteCount == Int64(expected + OggPageHeader.fixedByteCount))
            let media = try profile.media(recording)
            let isSame = Array(media[..<expected]) == Array(ogg[..<expected])
            #expect(isSame)
            var reader = AnyMediaReader(headReserveBytes: 0)
            reader.read(media.span)
            #expect(reader.finish().artifact.damage.isEmpty)
        }
    }

    @Test("a lost or damaged journal costs no recording", arguments: [false, true])
    func journalGone(isLost: Bool) throws {
        var outbox: Outbox? = try profile.open()
        let recording = try #require(try outbox?.add(bytes))
        let empty = "\(profile.path)/media/\(recording.id)x.webm"
        #expect(FileManager.default.createFile(atPath: empty, contents: nil))
        try outbox?.close()
        outbox = nil
        let path = profile.path + "/outbox.sqlite"
        if isLost {
            try FileManager.default.removeItem(atPath: path)
        } else {
            try Data(repeating: 0x55, count: 8192).write(to: URL(filePath: path))
        }
        let again = try profile.open()
        let found = try again.recordings()
        #expect(found.map(\.id) == [recording.id])
        #expect(found.first?.state == .kept && found.first?.byteCount == 3300)
        #expect(again.findings.count == (isLost ? 1 : 2), "\(again.findings)")
        #expect(!FileManager.default.fileExists(atPath: empty))
    }

    @Test("a media file that is gone or became shorter fails, and says so")
    func mediaGone() throws {
        var outbox: Outbox? = try profile.open()
        let gone = try #require(try outbox?.add(bytes))
        let short = try #require(try outbox?.add(bytes))
        outbox = nil
        try FileManager.default.removeItem(atPath: gone.mediaPath)
        try Data(bytes[..<3299]).write(to: URL(filePath: short.mediaPath))
        let again = try profile.open()
        for id in [gone.id, short.id] {
            let recording = try again.recording(id)
            #expect(recording.state == .failed && recording.reason != nil)
        }
    }

    @Test("a delete that a crash cut short is completed")
    func halfDeleted() throws {
        var outbox: Outbox? = try profile.open()
        let recording = try #require(try outbox?.add(bytes))
        try outbox?.beginDelete(recording.id)
        outbox = nil
        let again = try profile.open()
        #expect(try again.recordings().isEmpty)
        #expect(!FileManager.default.fileExists(atPath: recording.mediaPath))
    }

    private static func pageEnds(_ ogg: [UInt8]) -> [Int] {
        var starts: [Int] = []
        for index in 0..<(ogg.count - 4) where Array(ogg[index..<(index + 4)]) == Array("OggS".utf8)
        {
            starts.append(index)
        }
        return Array(starts.dropFirst()) + [ogg.count]
    }
}

import Containers
import TestKit
import Testing

extension Service {
    /// Real recordings become files that play and seek, and what is wrong with them is named.
    @Suite("Finished media") struct FinishedMediaTests {
        /// Undamaged ones that end with part of an element: their recorder was killed.
        private static let killed: Set<String> = ["cr-vp8-opus-killed", "fx-vp8-opus-killed"]
        /// The damage that must be named, any of each row; none: only a digest could show it.
        private static let damage: [String: Set<String>] = [
            "dmg-s-duplicated-chunk": ["torn", "timeReversed"],
            "dmg-s-empty": ["empty"],
            "dmg-s-empty-blobs": ["empty"],
            "dmg-s-flip-blocksize": ["torn"],
            "dmg-s-flip-clusterts": ["timeReversed"],
            "dmg-s-flip-payload": [],
            "dmg-s-fx-truncated": ["truncatedTail"],
            "dmg-s-header-only": ["noMedia"],
            "dmg-s-lost-tail-chunks": ["truncatedTail"],
            "dmg-s-missing-first": ["unreadable"],
            "dmg-s-missing-middle": ["torn"],
            "dmg-s-ogg-badcrc": ["badChecksum"],
            "dmg-s-ogg-badcrcfield": ["badChecksum"],
            "dmg-s-ogg-chained": ["spliced"],
            "dmg-s-ogg-missing-page": ["missingPage"],
            "dmg-s-ogg-noeos": ["endMissing"],
            "dmg-s-ogg-truncated": ["truncatedTail"],
            "dmg-s-onebyte": ["noMedia", "unreadable"],
            "dmg-s-random": ["unreadable"],
            "dmg-s-spliced": ["spliced"],
            "dmg-s-spliced-midblock": ["torn", "spliced"],
            "dmg-s-swapped-chunks": ["torn", "timeReversed"],
            "dmg-s-truncated-tail": ["truncatedTail"],
            "dmg-s-wrongmime": ["mistyped"],
        ]

        @Test("an undamaged recording is complete, as long as it decodes, and can be searched")
        func undamagedIsFinished() throws {
            let server = try ServerProcess()
            let client = RecordingClient(port: server.port)
            var random = SeededRandom(0xF1A1)
            for recording in try recordings(damaged: false) {
                let id = random.recordingID()
                try client.deliver(recording, as: id)
                let status = try client.status(id).json()
                let kinds = Set(status.damageKinds)
                let allowed: Set = Self.killed.contains(recording.name) ? ["truncatedTail"] : []
                #expect(kinds.isSubset(of: allowed), "\(recording): \(status)")
                let condition = kinds.isEmpty ? "complete" : "damaged"
                #expect(status["condition"]?.text == condition, "\(recording): \(status)")
                try expectFacts(status, of: recording)
                let whole = try client.get("/recordings/\(id)/media")
                #expect(whole.status == 200, "\(recording)")
                try expectFinished(whole.body, status, of: recording)
                try expectPart(of: whole, id, client)
                try expectReceived(recording, id, client)
            }
        }

        @Test("a damaged recording says what is wrong, and what is whole plays")
        func damagedIsNamed() throws {
            let server = try ServerProcess()
            let client = RecordingClient(port: server.port)
            var random = SeededRandom(0xDA3A)
            for recording in try recordings(damaged: true) {
                let id = random.recordingID()
                try client.deliver(recording, as: id)
                let status = try client.status(id).json()
                let expected = try #require(Self.damage[recording.name], "\(recording)")
                let isNamed =
                    expected.isEmpty
                    ? status.damageKinds.isEmpty
                    : !expected.isDisjoint(with: status.damageKinds)
                #expect(isNamed, "\(recording): \(status)")
                let condition = expected.isEmpty ? "complete" : "damaged"
                #expect(status["condition"]?.text == condition, "\(recording)")
                let artifact = try client.get("/recordings/\(id)/media").body
                let published = FrameList(artifact)
                if recording.durationSeconds != nil {
                    #expect(!published.rows.isEmpty, "\(recording) does not play")
                    let kinds = published.artifact.damage.map(\.kind)
                    // In Ogg a page that is missing stays missing; WebM is whole again.
                    if status["media"]?["container"]?.text == "webm" {
                        let rest = kinds.filter { $0 != .timeReversed }
                        #expect(rest.isEmpty, "\(recording), finished: \(rest)")
                    }
                }
                try expectReceived(recording, id, client)
            }
        }

        /// The fixtures, and as many others of the full set where it is there.
        private func recordings(damaged: Bool) throws -> [SharedRecording] {
            let fixtures = try SharedRecordings.fixtures()
            let names = Set(fixtures.map(\.name))
            let others = try SharedRecordings.all().filter {
                $0.isDamaged == damaged && !names.contains($0.name)
            }
            let few = stride(from: 0, to: others.count, by: 6).map { others[$0] }
            return fixtures.filter { $0.isDamaged == damaged } + (damaged ? others : few)
        }

        private func expectFacts(_ status: JSON, of recording: SharedRecording) throws {
            let media = try #require(status["media"], "\(recording): \(status)")
            let kinds = media["tracks"]?.list?.compactMap { $0["kind"]?.text } ?? []
            #expect(kinds.sorted() == recording.trackKinds.sorted(), "\(recording)")
            let decoded = try #require(recording.durationSeconds)
            let ours = try #require(media["durationSeconds"]?.double, "\(recording): \(media)")
            #expect(abs(ours - decoded) <= 0.060, "\(recording): \(ours) s, decoded \(decoded) s")
        }

        private func expectFinished(
            _ file: [UInt8], _ status: JSON, of recording: SharedRecording
        ) throws {
            let container = status["media"]?["container"]?.text
            let finished = FrameList(file)
            let received = FrameList(try recording.bytes())
            let isSame = finished.rows == received.rows
            #expect(isSame, "\(recording): its frames have changed")
            let kinds = finished.artifact.damage.map(\.kind)
            #expect(kinds.isEmpty, "\(recording), finished: \(kinds)")
            let milliseconds = status["media"]?["durationSeconds"]?.double.map { $0 * 1_000 }
            #expect(
                finished.artifact.description.durationMilliseconds.nearly == milliseconds.nearly)
            guard container == "webm" else { return }
            let parts = FinishedFile(file)
            #expect(parts.isWhole, "\(recording): lengths are not known, or do not add up")
            #expect(parts.durationMilliseconds.nearly == milliseconds.nearly, "\(recording)")
            #expect(Set(parts.seeks.keys) == [MatroskaID.info, MatroskaID.tracks, MatroskaID.cues])
            for (id, position) in parts.seeks {
                #expect(parts.positions[position] == id, "\(recording): SeekHead")
            }
            #expect(!parts.cueClusters.isEmpty, "\(recording): no cues")
            for position in parts.cueClusters {
                #expect(parts.positions[position] == MatroskaID.cluster, "\(recording): Cues")
            }
            #expect(parts.cueTimes == parts.cueTimes.sorted(), "\(recording)")
            #expect(parts.cueTimes.count == finished.artifact.description.cues, "\(recording)")
        }

        private func expectPart(
            of whole: Answer, _ id: String, _ client: RecordingClient
        ) throws {
            let middle = whole.body.count / 2..<whole.body.count / 2 + 100
            let etag = try #require(whole["ETag"])
            let part = try client.request(
                "GET", "/recordings/\(id)/media",
                [
                    ("Range", "bytes=\(middle.lowerBound)-\(middle.upperBound - 1)"),
                    ("If-Range", etag),
                ])
            #expect(part.status == 206)
            let isThatPart = part.body == [UInt8](whole.body[middle])
            #expect(isThatPart)
        }

        private func expectReceived(
            _ recording: SharedRecording, _ id: String, _ client: RecordingClient
        ) throws {
            let sha256 = RecordingClient.sha256Text(try client.received(id).body)
            #expect(sha256 == recording.sha256, "\(recording) came back otherwise")
        }
    }
}

extension JSON {
    fileprivate var double: Double? {
        if case .number(let value) = self { value } else { nil }
    }

    fileprivate var damageKinds: [String] {
        self["damage"]?.list?.compactMap { $0["kind"]?.text } ?? []
    }
}

extension Double? {
    /// To the microsecond: seconds and milliseconds round differently.
    fileprivate var nearly: Int64? { map { Int64(($0 * 1_000).rounded()) } }
}

import Containers
import Glibc
import TestKit
import Testing

extension Service {
    /// What the server does with recordings that are published, when it has nothing else to do.
    @Suite("Background") struct BackgroundTests {
        private func notes(_ status: JSON) -> [String] {
            status["notes"]?.list?.compactMap(\.text) ?? []
        }

        private func deliver(
            _ bytes: [UInt8], _ mediaType: String, as id: String, _ client: RecordingClient
        ) throws -> JSON {
            #expect(try client.create(id, mediaType: mediaType).status == 201)
            #expect(try client.put(id, 0, at: 0, bytes).status == 201)
            let answer = try client.finalize(id, length: Int64(bytes.count))
            #expect(answer.status == 200, "\(answer)")
            return try answer.json()
        }

        @Test("what cannot be finished in place is served as received, then as a copy that seeks")
        func copySeeks() throws {
            let server = try ServerProcess(settings: ["decode-proof": "false"])
            let client = RecordingClient(port: server.port)
            var random = SeededRandom(0x5A3E)
            // Firefox leaves the key flag of its audio unset: that edit comes early. Then comes a
            // cluster whose length has one byte of room, too little for what is in it.
            var firefox = try SharedRecordings.fixture("fx-audio-webm-ts1000").bytes()
            firefox += [0x1F, 0x43, 0xB6, 0x75, 0xFF, 0xE7, 0x82, 0x30, 0x00]
            firefox += [0xA3, 0x40, 0xFC, 0x82, 0, 0, 0x80, 0x78] + random.bytes(247)
            let chromium = try SharedRecordings.fixture("cr-vp8-opus-gum-ts1000").bytes()
            let rows = [
                (firefox, "audio/webm;codecs=opus"), (chromium.withNarrowLengths, "video/webm"),
                // No room was kept for a head.
                (chromium, "application/x-unknown"),
            ]
            for (bytes, mediaType) in rows {
                let id = random.recordingID()
                let first = try deliver(bytes, mediaType, as: id, client)
                // It may be quick, and done already.
                let isFirst = first["revision"]?.integer == 1
                let isTold = notes(first).contains("being rewritten so that it seeks")
                #expect(isTold == isFirst, "\(mediaType): \(first)")
                try server.waitForBackground(id)
                let status = try client.status(id).json()
                #expect(status["revision"]?.integer == 2, "\(mediaType): \(status)")
                #expect(notes(status).isEmpty, "\(mediaType): \(status)")
                let answer = try client.get("/recordings/\(id)/media")
                #expect(answer["ETag"] == status["artifact"]?["etag"]?.text)
                #expect((answer["ETag"] != first["artifact"]?["etag"]?.text) == isFirst)
                let file = FinishedFile(answer.body)
                #expect(file.isWhole && !file.cueClusters.isEmpty && file.seeks.count == 3)
                let isSame = FrameList(answer.body).rows == FrameList(bytes).rows
                #expect(isSame, "\(mediaType): its frames have changed")
                let isReceived = try client.received(id).body == bytes
                #expect(isReceived, "\(mediaType) came back otherwise")
            }
            #expect(try client.get("/metrics").text.contains("holdfast_copies_total 3\n"))
        }

        @Test("sound becomes a waveform: numbers and a picture, after a crash as well")
        func waveform() throws {
            let server = try ServerProcess()
            var client = RecordingClient(port: server.port)
            var random = SeededRandom(0x3A7E)
            let recording = try SharedRecordings.fixture("opusenc-ogg-mono")
            let id = random.recordingID()
            let bytes = try recording.bytes()
            #expect(try client.create(id, mediaType: "audio/ogg").status == 201)
            #expect(try client.put(id, 0, at: 0, bytes).status == 201)
            let early = try client.get("/recordings/\(id)/waveform")
            #expect(early.status == 404 && early.problem == "no-waveform")
            #expect(early["Retry-After"] != nil)
            #expect(try client.finalize(id, length: Int64(bytes.count)).status == 200)
            server.kill()
            try server.restart()
            client = RecordingClient(port: server.port)
            var numbers = try client.get("/recordings/\(id)/waveform")
            if numbers.status == 404 {
                // It was not done before the crash.
                #expect(numbers["Retry-After"] != nil)
                try server.waitForBackground(id)
                numbers = try client.get("/recordings/\(id)/waveform")
            }
            #expect(numbers.status == 200)
            let document = try numbers.json()
            let loudness = try #require(document["loudness"]?["integratedLUFS"]?.number)
            #expect(abs(loudness + 21.0) < 0.2)
            #expect(document["rms"]?.list?.count == 800)
            #expect(document["undecodablePackets"]?.integer == 0)
            let status = try client.status(id).json()
            #expect(status["waveform"]?.text == "/recordings/\(id)/waveform")
            #expect(status["media"]?["loudness"] == document["loudness"])
            #expect(status["condition"]?.text == "complete")
            try expectPictures(id, numbers, client)
        }

        private func expectPictures(
            _ id: String, _ numbers: Answer, _ client: RecordingClient
        ) throws {
            let picture = try client.get("/recordings/\(id)/waveform.svg")
            #expect(picture["Content-Type"] == "image/svg+xml")
            #expect(picture["Content-Security-Policy"]?.hasSuffix("sandbox") == true)
            #expect(picture.text.hasPrefix("<svg") && picture.text.contains("−21.0 LUFS"))
            let target = "/recordings/\(id)/waveform"
            let others = [
                try client.get(target + "?format=svg"),
                try client.request("GET", target, [("Accept", "image/svg+xml,*/*;q=0.8")]),
            ]
            for other in others { #expect(other.body == picture.body) }
            #expect(picture["ETag"] != numbers["ETag"])
            let etag = try #require(picture["ETag"])
            let again = try client.request(
                "GET", "/recordings/\(id)/waveform.svg", [("If-None-Match", etag)])
            #expect(again.status == 304)
            #expect(try client.get(target + "?format=png").status == 400)
            #expect(try client.request("HEAD", target).body.isEmpty)
        }

        @Test("packets that are no sound are damage, named with their time")
        func undecodable() throws {
            let server = try ServerProcess()
            let client = RecordingClient(port: server.port)
            var random = SeededRandom(0xDEC0)
            var bytes = try SharedRecordings.fixture("cr-audio-webm-gum-ts250").bytes()
            var frames: [Frame] = []
            var reader = AnyMediaReader(headReserveBytes: 0)
            reader.read(bytes.span) { frames.append($0) }
            // Code 3 with a frame count of zero is no packet (RFC 6716 §3.2.5).
            bytes[Int(frames[50].payload.lowerBound)] |= 3
            bytes[Int(frames[50].payload.lowerBound) + 1] = 0
            let id = random.recordingID()
            _ = try deliver(bytes, "audio/webm", as: id, client)
            try server.waitForBackground(id)
            let status = try client.status(id).json()
            #expect(status["waveform"] != nil)
            #expect(status["condition"]?.text == "damaged")
            let damage = try #require(status["damage"]?.list?.first)
            #expect(damage["kind"]?.text == "undecodable")
            #expect(damage["start"]?.integer == frames[50].payload.lowerBound)
            #expect(damage["timeSeconds"]?.number == Double(frames[50].timestamp) / 1e9)
            let picture = try client.get("/recordings/\(id)/waveform.svg")
            #expect(picture.text.contains("Damaged at") && picture.text.contains("bad"))
            let metrics = try client.get("/metrics").text
            #expect(metrics.contains("holdfast_undecodable_packets_total 1\n"))
            #expect(metrics.contains("holdfast_decoded_seconds_total 9\n"))
        }

        @Test("without sound that is decoded here there is no waveform, and no promise of one")
        func noWaveform() throws {
            let server = try ServerProcess()
            let client = RecordingClient(port: server.port)
            var random = SeededRandom(0x0FF)
            let id = random.recordingID()
            try client.deliver(try SharedRecordings.fixture("ff-ogg-vorbis-pipe"), as: id)
            let answer = try client.get("/recordings/\(id)/waveform")
            #expect(answer.status == 404 && answer.problem == "no-waveform")
            #expect(answer["Retry-After"] == nil)
            let unknown = try client.get("/recordings/\(random.recordingID())/waveform.svg")
            #expect(unknown.status == 404 && unknown.problem == "not-found")
        }
    }
}

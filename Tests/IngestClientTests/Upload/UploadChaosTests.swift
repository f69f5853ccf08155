import Foundation
import IngestClient
import TestKit
import Testing
import Wire

/// Everything at once, from a seed: recordings that begin and end, a network that loses, hangs and
/// lies, and processes that die.
@Suite("Uploading through chaos") struct UploadChaosTests {
    @Test("every recording arrives once, byte for byte", arguments: 1...25 as ClosedRange<UInt64>)
    func everythingArrives(seed: UInt64) throws {
        let simulation = try Simulation(seed: seed) { $0.resumeWindowSeconds = 1_000_000 }
        var expected: [String: [UInt8]] = [:]
        var random = SeededRandom(seed)
        simulation.fate = { [unowned simulation] request, job in
            if simulation.now > .seconds(2000) { return .answered(afterMilliseconds: 10) }
            switch simulation.number(below: 20) {
            case 0: return .lost
            case 1: return .answerLost
            case 2: return .blackHole
            case 3:
                return .replaced(NetworkAnswer(status: 502, body: Data("<html>".utf8)))
            case 4: return .replaced(NetworkAnswer(status: 200, body: Data("<html>".utf8)))
            default: return .answered(afterMilliseconds: simulation.number(below: 3000))
            }
        }
        for _ in 0..<8 {
            let bytes = random.bytes(Int(random.next() % 9000))
            let start = Double(random.next() % 300)
            let chunkBytes = 200 + Int(random.next() % 2000)
            simulation.at(start) { simulation in
                let open = try simulation.outbox.begin(NewRecording(mediaType: "video/webm"))
                expected[open.id] = bytes
                var rest = bytes[...]
                var time = start
                while !rest.isEmpty {
                    let piece = Array(rest.prefix(chunkBytes))
                    rest = rest.dropFirst(chunkBytes)
                    time += 0.7
                    simulation.at(time) { _ in
                        // After a crash the recording has ended: what came until then counts.
                        guard (try? open.append(piece)) != nil else { return }
                        _ = try? open.cutChunk()
                    }
                }
                simulation.at(time + 0.1) { _ in _ = try? open.finish() }
            }
        }
        // The uploader's process dies between recordings, which are done by then.
        for _ in 0..<3 { simulation.at(400 + Double(random.next() % 1000)) { try $0.crash() } }
        simulation.isWaiting = true
        try simulation.run(seconds: 20_000)
        let recordings = try simulation.outbox.recordings()
        #expect(recordings.count == 8)
        for recording in recordings {
            let bytes = try #require(expected[recording.id])
            #expect(recording.state == .sent, "seed \(seed): \(recording)")
            #expect(simulation.hasWhole(bytes, recording), "seed \(seed)")
        }
        let whole = simulation.server.recordings.values.filter { $0.finalizeCount > 0 }
        #expect(whole.count == 8)
    }
}

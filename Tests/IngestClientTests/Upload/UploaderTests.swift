import Foundation
import IngestClient
import Synchronization
import TestKit
import Testing

/// The actor around the plan: jobs become requests, waits become sleep.
@Suite("Uploader") struct UploaderTests {
    /// Answers at once, from a server in memory; the first requests fail.
    private final class ModelNetwork: Network {
        private let state: Mutex<(server: ModelServer, failuresLeft: Int)>

        init(failures: Int) { state = Mutex((ModelServer(), failures)) }

        func exchange(_ request: NetworkRequest) async throws(NetworkError) -> NetworkAnswer {
            try state.withLock { state throws(NetworkError) in
                state.failuresLeft -= 1
                if state.failuresLeft >= 0 { throw NetworkError("no network") }
                return state.server.answer(request)
            }
        }
    }

    /// The wait before a retry is over at once, and the clock has moved on by it. A longer one,
    /// for a stall, lasts until something else happens: answers take no time here.
    private final class HurriedClock: UploadClock {
        private let time = Mutex(Duration.zero)
        var now: Duration { time.withLock { $0 } }
        func sleep(for duration: Duration) async {
            guard duration < .seconds(120) else {
                let never = AsyncStream<Never>.makeStream()
                for await _ in never.stream {}
                return
            }
            if !Task.isCancelled { time.withLock { $0 += duration } }
        }
    }

    @Test("runs until nothing is left, tells of it, and waits out failures", arguments: [0, 5])
    func runs(failures: Int) async throws {
        let profile = Profile()
        defer { withExtendedLifetime(profile) {} }
        let outbox = try profile.open()
        var random = SeededRandom(5)
        var ids: Set<String> = []
        for _ in 0..<5 { ids.insert(try outbox.add(random.bytes(3000)).id) }
        let server = try #require(URL(string: "http://server.test"))
        var options = UploadOptions(server: server)
        options.stallTimeout = .seconds(3600)
        let uploader = Uploader(
            outbox, options, network: ModelNetwork(failures: failures),
            clock: HurriedClock()
        ) { 0.5 }
        let events = await uploader.events()
        await uploader.run(until: .whenIdle)
        var sent: Set<String> = []
        for await event in events { if case .sent(let id, _) = event { sent.insert(id) } }
        #expect(sent == ids)
        #expect(try outbox.recordings().allSatisfy { $0.state == .sent })
    }
}

import HTTP1
import Posix
import Testing
import Transport

@Suite struct `A drain` {
    @Test func `ends idle connections at once and lets an exchange end`() async throws {
        let journal = Journal()
        let barrier = Barrier()
        try await Site.run(
            loops: 2,
            handler: { exchange in
                if exchange.head.path == "/held" {
                    journal.add("held")
                    await barrier.pass()
                }
                await exchange.respond(200, [], Array("pong".utf8))
            }
        ) { site in
            let idle = try (0..<4).map { _ in try site.client() }
            for client in idle {
                #expect(try client.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status == 200)
            }
            let held = try site.client()
            held.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n")
            journal.wait(for: 1)
            // On a loop: the pool's threads may all be blocked in clients.
            let server = site.server
            let left = Task(executorPreference: site.loops[0]) {
                await server.drain(within: .seconds(60))
            }
            for client in idle { #expect(client.rest().isEmpty) }
            site.settle()
            #expect(throws: (any Error).self) {
                // Nobody listens any more; a connection that was still queued is reset.
                _ = try site.client().exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            }
            barrier.open()
            let response = try held.response()
            #expect(response.text == "pong")
            #expect(response.fields["connection"] == "close")
            held.finish()
            #expect(held.rest().isEmpty)
            #expect(await left.value == 0)
        }
    }

    @Test func `cuts what is not done in time`() async throws {
        let journal = Journal()
        try await Site.run(handler: { exchange in
            journal.add("reading")
            do throws(BodyError) {
                _ = try await exchange.readBody(maxBytes: 100)
            } catch {
                journal.add("\(error)")
            }
        }) { site in
            let client = try site.client()
            client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello")
            journal.wait(for: 1)
            #expect(await site.server.drain(within: .zero) == 0)
            #expect(journal.current == ["reading", "disconnected"])
            #expect(client.rest().isEmpty)
        }
    }

    @Test func `turns away a body that waits for room`() async throws {
        var limits = TransportLimits()
        limits.bodyBytesInFlightMax = 4
        let journal = Journal()
        try await Site.run(
            limits,
            handler: { exchange in
                do throws(BodyError) {
                    journal.add("asks")
                    _ = try await exchange.readBody(maxBytes: 100)
                } catch {
                    journal.add("\(error)")
                }
            }
        ) { site in
            let clients = try (0..<2).map { _ in try site.client() }
            for (index, client) in clients.enumerated() {
                client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n")
                journal.wait(for: index + 1)
            }
            #expect(await site.server.drain(within: .zero) == 0)
            #expect(journal.current == ["asks", "asks", "disconnected", "disconnected"])
        }
    }
}

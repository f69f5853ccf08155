import Testing
import Transport

@Suite struct `The limits` {
    @Test func `end a head that takes too long`() async throws {
        var limits = TransportLimits()
        limits.headTimeout = .milliseconds(20)
        try await Site.run(limits) { site in
            var client: Client?
            // The time runs from the moment the connection is accepted.
            try site.whileStill {
                client = try site.client()
                client?.send("GET / HTTP/1.1\r\nHos")
            }
            let slow = try #require(client)
            #expect(try slow.response().status == 408)
            #expect(slow.rest().isEmpty)
        }
    }

    @Test func `end a new connection that says nothing, without a word`() async throws {
        var limits = TransportLimits()
        limits.headTimeout = .milliseconds(20)
        try await Site.run(limits) { site in
            let client = try site.client()
            #expect(client.rest().isEmpty)
        }
    }

    @Test func `end an idle connection, without a word`() async throws {
        var limits = TransportLimits()
        limits.idleTimeout = .milliseconds(20)
        try await Site.run(limits) { site in
            let client = try site.client()
            #expect(try client.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n").text == "pong")
            #expect(client.rest().isEmpty)
            site.recorder.wait { $0.closed == 1 }
        }
    }

    @Test func `refuse one connection too many, and let the next in when one ends`() async throws {
        var limits = TransportLimits()
        limits.connectionsMax = 2
        try await Site.run(limits) { site in
            var clients = try (0..<2).map { _ in try site.client() }
            for client in clients {
                #expect(try client.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status == 200)
            }
            let third = try site.client()
            let response = try third.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(response.status == 503)
            #expect(response.fields["retry-after"] == "1")
            #expect(third.rest().isEmpty)
            third.finish()
            clients.removeLast()
            site.recorder.wait { $0.closed == 2 }
            let fourth = try site.client()
            #expect(try fourth.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status == 200)
        }
    }

    @Test func `refuse an address that has enough, and nobody else`() async throws {
        var limits = TransportLimits()
        limits.connectionsPerAddressMax = 1
        try await Site.run(limits) { site in
            let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
            let first = try site.client()
            #expect(try first.exchange(get).status == 200)
            let second = try site.client()
            #expect(try second.exchange(get).status == 503)
            #expect(site.recorder.current.reasons == [.connectionsPerAddress])
            let other = try Client(port: site.server.port, from: 2)
            #expect(try other.exchange(get).status == 200)
            #expect(try first.exchange(get).status == 200)
        }
    }

    @Test(arguments: [UInt8(1), 2])
    func `let a body keep its room only while nobody waits for it`(from: UInt8) async throws {
        var limits = TransportLimits()
        limits.bodyBytesInFlightMax = 10
        limits.bodyBytesPerSecondMin = 1
        limits.bodyGrace = .milliseconds(20)
        try await Site.run(limits) { site in
            let greedy = try site.client()
            greedy.send("PUT /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n")
            // Alone it may take its time, at a byte a second.
            greedy.send("0123456")
            site.takeTurn()
            let other = try Client(port: site.server.port, from: from)
            other.send("PUT /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
            #expect(try other.response().text == "hello")
            #expect(try greedy.response().status == 408)
            #expect(site.recorder.current.reasons == [.bodyTimeout])
        }
    }

    @Test func `leave room for others beside addresses that promise bodies`() async throws {
        var limits = TransportLimits()
        limits.bodyBytesInFlightMax = 100
        limits.bodyBytesPerSecondMin = 1
        limits.bodyGrace = .milliseconds(20)
        try await Site.run(limits) { site in
            /// All but one byte, which lets it take its time, at a byte a second.
            func put(_ byteCount: Int, from address: UInt8) throws -> Client {
                let client = try Client(port: site.server.port, from: address)
                let length = "Content-Length: \(byteCount)"
                client.send("PUT /echo HTTP/1.1\r\nHost: a\r\n\(length)\r\n\r\n")
                client.send(pattern(byteCount - 1))
                site.takeTurn()
                return client
            }
            let slow = try put(10, from: 2)
            // Of each address one has room. The others wait, and keep only their own waiting.
            let greedy = try [(45, 3), (45, 3), (25, 4), (25, 4)].map { try put($0, from: $1) }
            let other = try put(5, from: 5)
            other.send(Array(pattern(5).suffix(1)))
            #expect(try other.response().body == pattern(5))
            #expect(try greedy[0].response().status == 408)
            #expect(try greedy[2].response().status == 408)
            slow.send(Array(pattern(10).suffix(1)))
            #expect(try slow.response().body == pattern(10))
        }
    }

    @Test func `let a thousand quick connections through`() async throws {
        try await Site.run(loops: 2) { site in
            for _ in 0..<1_000 {
                let client = try site.client()
                let request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                let isPong = try client.exchange(request).text == "pong"
                #expect(isPong)
            }
            site.recorder.wait { $0.closed == 1_000 }
            #expect(site.recorder.current.opened == 1_000)
            #expect(site.server.connectionCount == 0)
        }
    }
}

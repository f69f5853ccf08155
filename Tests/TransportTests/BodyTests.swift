import HTTP1
import Posix
import Testing
import Transport

@Suite struct `A body` {
    @Test(arguments: [0, 1, 100, 4_000, 4_096, 16_384, 20_480, 65_536, 300_000, 1 << 20])
    func `by length comes back whole`(_ count: Int) async throws {
        let body = pattern(count)
        try await Site.run { site in
            let client = try site.client()
            for _ in 0..<2 {
                client.send("PUT /echo HTTP/1.1\r\nHost: a\r\nContent-Length: \(count)\r\n\r\n")
                client.send(body)
                let isSame = try client.response().body == body
                #expect(isSame)
            }
            #expect(site.recorder.current.bodyBytes == 2 * count)
        }
    }

    @Test(arguments: [(1, 7), (50, 1), (5, 1_000), (3, 100_000), (1, 1 << 20)])
    func `in chunks comes back whole`(_ count: Int, _ chunkBytes: Int) async throws {
        let body = pattern(count * chunkBytes)
        var coded: [UInt8] = []
        for index in 0..<count {
            coded += Array("\(String(chunkBytes, radix: 16));x=y\r\n".utf8)
            coded += body[index * chunkBytes..<(index + 1) * chunkBytes]
            coded += Array("\r\n".utf8)
        }
        coded += Array("0\r\nFurther: t\r\n\r\n".utf8)
        let head = Array("PUT /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
        let request = head + coded
        try await Site.run { site in
            let client = try site.client()
            // The second is behind the first at once: what lies behind a body's end is kept.
            client.send(request + Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
            let isSame = try client.response().body == body
            #expect(isSame)
            #expect(try client.response().text == "pong")
        }
    }

    @Test func `is observed piece by piece, each byte once`() async throws {
        let body = pattern(200_000)
        try await Site.run(handler: { exchange in
            var seen: [UInt8] = []
            // The answer tells of an error.
            _ = try? await exchange.readBody(maxBytes: 1 << 20) { seen += $0 }
            await exchange.respond(200, [], seen)
        }) { site in
            let client = try site.client()
            client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n")
            client.send(body)
            let isSame = try client.response().body == body
            #expect(isSame)
        }
    }

    @Test func `is asked for when the client waits for 100`() async throws {
        try await Site.run { site in
            let client = try site.client()
            let head = "PUT /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
            #expect(try client.exchange(head + "Expect: 100-continue\r\n\r\n").status == 100)
            client.send("hello")
            #expect(try client.response().text == "hello")
        }
    }

    @Test func `is not asked for when it is refused`() async throws {
        try await Site.run { site in
            let client = try site.client()
            let head = "PUT /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
            let response = try client.exchange(head + "Expect: 100-continue\r\n\r\n")
            #expect(response.status == 409)
            #expect(response.fields["connection"] == "close")
        }
    }

    @Test(arguments: [("/refuse", 900_000, 409), ("/echo", 1_900_000, 413)])
    func `that is refused is drained, so that the answer arrives`(
        _ path: String, _ count: Int, _ status: Int
    ) async throws {
        var limits = TransportLimits()
        limits.lingerBytesMax = 4 << 20
        try await Site.run(limits) { site in
            let client = try site.client()
            client.send("PUT \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: \(count)\r\n\r\n")
            // All of it, before the answer is looked at.
            #expect(client.send(pattern(count)))
            let response = try client.response()
            #expect(response.status == status)
            #expect(response.fields["connection"] == "close")
            #expect(client.rest().isEmpty)
        }
    }

    @Test func `that came with its head and is not wanted costs no connection`() async throws {
        try await Site.run { site in
            let client = try site.client()
            for _ in 0..<2 {
                let response = try client.exchange(
                    "PUT /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
                #expect(response.status == 409)
            }
        }
    }

    @Test func `in chunks beyond the limit is refused`() async throws {
        try await Site.run { site in
            let client = try site.client()
            client.send("PUT /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            client.send("100001\r\n")
            client.send(pattern(0x100001))
            client.send("\r\n0\r\n\r\n")
            #expect(try client.response().status == 413)
        }
    }

    @Test func `in broken chunks is refused`() async throws {
        try await Site.run { site in
            let client = try site.client()
            client.send("PUT /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            client.send("5\r\nhelloXX")
            #expect(try client.response().status == 400)
            #expect(client.rest().isEmpty)
        }
    }

    @Test(arguments: [
        "Content-Length: 10\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    ])
    func `that is cut is an error, and nobody is answered`(_ rest: String) async throws {
        let journal = Journal()
        try await Site.run(handler: { exchange in
            do throws(BodyError) {
                _ = try await exchange.readBody(maxBytes: 100)
                journal.add("whole")
            } catch .disconnected {
                journal.add("cut")
            } catch {
                journal.add("\(error)")
            }
            await exchange.respond(200)
        }) { site in
            let client = try site.client()
            client.send("PUT / HTTP/1.1\r\nHost: a\r\n" + rest)
            client.finish()
            #expect(journal.wait(for: 1) == ["cut"])
            #expect(client.rest().isEmpty)
        }
    }

    @Test func `slower than the least rate is given up`() async throws {
        var limits = TransportLimits()
        limits.bodyGrace = .milliseconds(20)
        try await Site.run(limits) { site in
            let client = try site.client()
            client.send("PUT /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello")
            let response = try client.response()
            #expect(response.status == 408)
            #expect(response.fields["connection"] == "close")
            #expect(site.recorder.current.refusals == [408])
        }
    }

    /// The last one of the second row would fit, but not ahead of one of the same address.
    @Test(arguments: [(10, [8, 6, 3]), (100, [70, 30, 5])])
    func `without room waits for its turn`(bytesMax: Int, lengths: [Int]) async throws {
        var limits = TransportLimits()
        limits.bodyBytesInFlightMax = bytesMax
        let journal = Journal()
        let barrier = Barrier()
        try await Site.run(
            limits,
            handler: { exchange in
                journal.add("\(exchange.head.path) asks")
                // The answer tells of an error.
                let body = try? await exchange.readBody(maxBytes: 100)
                journal.add("\(exchange.head.path) has \(body?.count ?? -1)")
                await barrier.pass()
                await exchange.respond(200)
            }
        ) { site in
            let clients = try (0..<3).map { _ in try site.client() }
            for (index, client) in clients.enumerated() {
                let length = lengths[index]
                client.send(
                    "PUT /\(index) HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n")
                client.send(pattern(length))
                // The first gets what it asks for; those behind it wait.
                journal.wait(for: index + 2)
            }
            #expect(journal.current == ["/0 asks", "/0 has \(lengths[0])", "/1 asks", "/2 asks"])
            barrier.open()
            for client in clients { #expect(try client.response().status == 200) }
            #expect(journal.current.suffix(2) == ["/1 has \(lengths[1])", "/2 has \(lengths[2])"])
        }
    }
}

import Testing
import Transport

@Suite struct `An exchange` {
    @Test func `keeps the connection for the next request`() async throws {
        try await Site.run { site in
            let client = try site.client()
            for _ in 0..<3 {
                let response = try client.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(response.status == 200)
                #expect(response.text == "pong")
                #expect(response.fields["kind"] == "ball")
                #expect(response.fields["connection"] == nil)
                #expect(response.fields["date"]?.hasSuffix("GMT") == true)
            }
            #expect(site.recorder.current.opened == 1)
        }
    }

    @Test func `answers pipelined requests in their order`() async throws {
        try await Site.run { site in
            let client = try site.client()
            var requests = ""
            for index in 0..<100 {
                let body = String(repeating: "x", count: index)
                requests +=
                    "PUT /echo HTTP/1.1\r\nHost: a\r\nContent-Length: \(index)\r\n\r\n\(body)"
            }
            client.send(requests)
            for index in 0..<100 { #expect(try client.response().body.count == index) }
        }
    }

    @Test func `is the same wherever the request is cut`() async throws {
        let request = Array("PUT /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello".utf8)
        try await Site.run { site in
            let client = try site.client()
            for cut in 1..<request.count {
                client.send(Array(request[..<cut]))
                client.send(Array(request[cut...]))
                #expect(try client.response().text == "hello", "cut at \(cut)")
            }
        }
    }

    @Test func `gives HEAD the length and no body`() async throws {
        try await Site.run { site in
            let client = try site.client()
            let head = try client.exchange("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(head.status == 200)
            #expect(head.fields["content-length"] == "4")
            let next = try client.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(next.text == "pong")
        }
    }

    @Test(arguments: [204, 304])
    func `sends no body and no length with`(_ status: Int) async throws {
        try await Site.run { site in
            let client = try site.client()
            let first = try client.exchange("GET /status/\(status) HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(first.status == status)
            #expect(first.fields["content-length"] == nil)
            #expect(try client.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n").text == "pong")
        }
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "close"),
        ("GET / HTTP/1.0\r\n\r\n", "close"),
    ])
    func `closes when the client wants it`(_ request: String, _ connection: String) async throws {
        try await Site.run { site in
            let client = try site.client()
            let response = try client.exchange(request)
            #expect(response.text == "pong")
            #expect(response.fields["connection"] == connection)
            #expect(client.rest().isEmpty)
        }
    }

    @Test func `keeps a connection of HTTP 1.0 that asks for it`() async throws {
        try await Site.run { site in
            let client = try site.client()
            for _ in 0..<2 {
                let response = try client.exchange(
                    "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
                #expect(response.fields["connection"] == "keep-alive")
            }
        }
    }

    @Test func `that its handler does not answer is a 500, and the last`() async throws {
        try await Site.run { site in
            let client = try site.client()
            let response = try client.exchange("GET /silent HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(response.status == 500)
            #expect(client.rest().isEmpty)
        }
    }

    @Test func `ends for a client that sends no more but still reads`() async throws {
        try await Site.run { site in
            let client = try site.client()
            client.send("PUT /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
            client.finish()
            #expect(try client.response().text == "hello")
            #expect(client.rest().isEmpty)
        }
    }

    @Test func `knows its peer`() async throws {
        try await Site.run(handler: { await $0.respond(200, [], Array($0.peer.utf8)) }) { site in
            let client = try site.client()
            let response = try client.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(response.text.hasPrefix("127.0.0.1:"))
        }
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
        ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        ("nonsense\r\n\r\n", 400),
    ])
    func `that makes no sense is refused, and the last`(
        _ request: String, _ status: Int
    ) async throws {
        try await Site.run { site in
            let client = try site.client()
            let response = try client.exchange(request)
            #expect(response.status == status)
            #expect(response.fields["content-type"] == "application/problem+json")
            #expect(response.fields["connection"] == "close")
            #expect(client.rest().isEmpty)
            #expect(site.recorder.current.refusals == [status])
        }
    }

    @Test func `with a head beyond the limit is refused`() async throws {
        try await Site.run { site in
            let client = try site.client()
            let long = String(repeating: "x", count: 20_000)
            let response = try client.exchange("GET / HTTP/1.1\r\nHost: a\r\nLong: \(long)\r\n\r\n")
            #expect(response.status == 431)
        }
    }
}

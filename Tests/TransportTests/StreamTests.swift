import Glibc
import Posix
import TestKit
import Testing
import Transport

@Suite struct `A streamed answer` {
    /// A file without a name, holding `bytes`.
    private static func file(_ bytes: [UInt8]) throws -> Descriptor {
        let folder = TemporaryFolder("stream")
        let path = folder.path + "/file"
        let files = DiskFileSystem()
        try files.open(path, .create).write(bytes, at: 0)
        let file = Descriptor(owning: open(path, O_RDONLY | O_CLOEXEC))
        try #require(file.raw >= 0)
        try files.remove(path)
        return file
    }

    @Test(arguments: [0..<0, 0..<1, 5..<100, 4_095..<8_193, 0..<3_000_000, 2_999_999..<3_000_000])
    func `sends a range of a file`(_ range: Range<Int64>) async throws {
        let contents = pattern(3_000_000)
        let file = try Self.file(contents)
        let raw = file.raw
        try await Site.run(handler: { exchange in
            await exchange.beginStream(206, [], byteCount: range.upperBound - range.lowerBound)
            // A short answer tells the client.
            try? await exchange.send(file: raw, range: range)
        }) { site in
            let client = try site.client()
            for _ in 0..<2 {
                let response = try client.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                let isSame =
                    response.body
                    == Array(contents[Int(range.lowerBound)..<Int(range.upperBound)])
                #expect(isSame)
            }
        }
        _ = consume file
    }

    @Test func `is written in pieces, and HEAD has none of them`() async throws {
        let piece = pattern(100_000)
        try await Site.run(handler: { exchange in
            await exchange.beginStream(200, [("Kind", "ball")], byteCount: 1_000_000)
            // A short answer tells the client.
            for _ in 0..<10 { try? await exchange.write(piece) }
        }) { site in
            let client = try site.client()
            let head = try client.exchange("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(head.fields["content-length"] == "1000000")
            let response = try client.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(response.body.count == 1_000_000)
            let isSame = Array(response.body[900_000...]) == piece
            #expect(isSame)
        }
    }

    @Test func `is written as there is room, and none of it is lost`() async throws {
        let whole = pattern(4_000_000)
        let waits = Journal()
        try await Site.run(handler: { exchange in
            await exchange.beginStream(200, [], byteCount: 4_000_000)
            var sent = 0
            while sent < whole.count {
                let piece = whole[sent..<min(sent + 100_000, whole.count)]
                do {
                    if let step = try piece.withUnsafeBytes({ try exchange.writeSome($0) }) {
                        sent += step
                    } else {
                        waits.add("waits")
                        try await exchange.waitForRoom()
                    }
                } catch {
                    // A short answer tells the client.
                    return
                }
            }
        }) { site in
            let client = try site.client(receiveBufferBytes: 16_384)
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            // It reads only once the server has found the socket full.
            waits.wait(for: 1)
            let isSame = try client.response().body == whole
            #expect(isSame)
        }
    }

    @Test func `shorter than promised ends the connection`() async throws {
        try await Site.run(handler: { exchange in
            await exchange.beginStream(200, [], byteCount: 10)
            // The write is not what is tested.
            try? await exchange.write(Array("half".utf8))
        }) { site in
            let client = try site.client()
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(String(decoding: client.rest(), as: UTF8.self).hasSuffix("half"))
        }
    }

    @Test func `from a file that ends early says so and ends the connection`() async throws {
        let file = try Self.file(pattern(10))
        let raw = file.raw
        let journal = Journal()
        try await Site.run(handler: { exchange in
            await exchange.beginStream(200, [], byteCount: 20)
            do throws(WriteError) {
                try await exchange.send(file: raw, range: 0..<20)
            } catch .failed(let error) {
                journal.add("errno \(error.number)")
            } catch {
                journal.add("\(error)")
            }
        }) { site in
            let client = try site.client()
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(!client.rest().isEmpty)
            #expect(journal.wait(for: 1) == ["errno \(ENODATA)"])
        }
        _ = consume file
    }

    @Test func `that nobody takes is given up`() async throws {
        var limits = TransportLimits()
        limits.writeTimeout = .milliseconds(20)
        let journal = Journal()
        let piece = pattern(1 << 20)
        try await Site.run(
            limits,
            handler: { exchange in
                await exchange.beginStream(200, [], byteCount: 64 << 20)
                do throws(WriteError) {
                    for _ in 0..<64 { try await exchange.write(piece) }
                    journal.add("all")
                } catch {
                    journal.add("\(error)")
                }
            }
        ) { site in
            let client = try site.client(receiveBufferBytes: 4096)
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(journal.wait(for: 1) == ["timedOut"])
            site.recorder.wait { $0.closed == 1 }
            _ = client
        }
    }

    @Test func `to a client that is gone is an error`() async throws {
        let journal = Journal()
        let piece = pattern(1 << 20)
        try await Site.run(handler: { exchange in
            await exchange.beginStream(200, [], byteCount: 64 << 20)
            do throws(WriteError) {
                for _ in 0..<64 { try await exchange.write(piece) }
                journal.add("all")
            } catch {
                journal.add("\(error)")
            }
        }) { site in
            var client: Client? = try site.client(receiveBufferBytes: 4096)
            client?.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            client = nil
            #expect(journal.wait(for: 1) == ["disconnected"])
        }
    }
}

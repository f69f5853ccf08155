internal import Digests
internal import Foundation

/// The protocol's verbs over one connection at a time, opened when needed. Every call blocks.
///
/// An answer of any status is an answer; only a connection that fails throws.
package final class RecordingClient {
    package let port: UInt16
    /// Fields of every request: what it shows of its right.
    package var credentials: [(String, String)] = []
    private var connection: RawConnection?

    package init(port: UInt16) { self.port = port }

    /// `PUT /recordings/{id}`; `more` are further members of the body, as JSON.
    package func create(
        _ id: String, mediaType: String = "video/webm", more: String = ""
    ) throws(RawConnection.Failure) -> Answer {
        try request(
            "PUT", "/recordings/\(id)", [("Content-Type", "application/json")],
            [UInt8]("{\"mediaType\":\(Self.quoted(mediaType))\(more)}".utf8))
    }

    /// `PUT /recordings/{id}/chunks/{offset}`.
    ///
    /// - Parameter digest: the `Content-Digest` field; nil computes the right ones, an empty
    ///   text leaves the field out.
    package func put(
        _ id: String, _ sequence: Int64, at offset: Int64, _ bytes: [UInt8],
        digest: String? = nil
    ) throws(RawConnection.Failure) -> Answer {
        var fields = [("Chunk-Sequence", String(sequence))]
        let digest = digest ?? Self.contentDigest(bytes)
        if !digest.isEmpty { fields.append(("Content-Digest", digest)) }
        return try request("PUT", "/recordings/\(id)/chunks/\(offset)", fields, bytes)
    }

    /// `POST /recordings/{id}/finalize`; `more` are further members of the body, as JSON.
    package func finalize(
        _ id: String, length: Int64, chunkCount: Int64? = nil, digest: String? = nil,
        more: String = ""
    ) throws(RawConnection.Failure) -> Answer {
        var body = "{\"length\":\(length)"
        if let chunkCount { body += ",\"chunkCount\":\(chunkCount)" }
        if let digest { body += ",\"digest\":\(Self.quoted(digest))" }
        return try request(
            "POST", "/recordings/\(id)/finalize", [("Content-Type", "application/json")],
            [UInt8]((body + more + "}").utf8))
    }

    package func status(_ id: String) throws(RawConnection.Failure) -> Answer {
        try get("/recordings/\(id)/status")
    }

    package func received(_ id: String) throws(RawConnection.Failure) -> Answer {
        try get("/recordings/\(id)/media?as=received")
    }

    package func get(_ target: String) throws(RawConnection.Failure) -> Answer {
        try request("GET", target)
    }

    package func delete(_ id: String) throws(RawConnection.Failure) -> Answer {
        try request("DELETE", "/recordings/\(id)")
    }

    /// Any request. A kept connection that the server closed meanwhile is replaced once.
    package func request(
        _ method: String, _ target: String, _ fields: [(String, String)] = [],
        _ body: [UInt8] = []
    ) throws(RawConnection.Failure) -> Answer {
        let bytes =
            [UInt8](head(method, target, credentials + fields, byteCount: body.count).utf8)
            + body
        if let kept = connection {
            do throws(RawConnection.Failure) {
                return try exchange(kept, bytes, method)
            } catch {
                disconnect()
                guard error == .closed || error.isReset else { throw error }
            }
        }
        let fresh = try RawConnection(port: port)
        connection = fresh
        do throws(RawConnection.Failure) {
            return try exchange(fresh, bytes, method)
        } catch {
            disconnect()
            throw error
        }
    }

    /// Begins to send a chunk over a connection of its own, stops amid the body, and hangs up.
    package func cutShort(
        _ id: String, _ sequence: Int64, at offset: Int64, _ bytes: [UInt8], after count: Int
    ) throws(RawConnection.Failure) {
        let fields = [
            ("Chunk-Sequence", String(sequence)), ("Content-Digest", Self.contentDigest(bytes)),
        ]
        let doomed = try RawConnection(port: port)
        try doomed.send(
            head(
                "PUT", "/recordings/\(id)/chunks/\(offset)", fields, byteCount: bytes.count))
        try doomed.send([UInt8](bytes.prefix(count)))
    }

    /// The next request opens a new connection.
    package func disconnect() { connection = nil }

    /// Both digests that the protocol knows, right for `bytes`.
    package static func contentDigest(_ bytes: [UInt8]) -> String {
        "crc32c=:\(crc32c(bytes)):, \(sha256Digest(bytes))"
    }

    /// `sha-256=:…:` of `bytes`.
    package static func sha256Digest(_ bytes: [UInt8]) -> String {
        "sha-256=:\(base64(SHA256Digest.of(bytes))):"
    }

    package static func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    /// SHA-256 of `bytes` in lower-case hexadecimal, as manifests spell it.
    package static func sha256Text(_ bytes: [UInt8]) -> String {
        SHA256Digest.of(bytes).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    private static func crc32c(_ bytes: [UInt8]) -> String {
        let value = CRC32C.of(bytes)
        let inOrder = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
        return base64(inOrder)
    }

    private func exchange(
        _ connection: RawConnection, _ bytes: [UInt8], _ method: String
    ) throws(RawConnection.Failure) -> Answer {
        do throws(RawConnection.Failure) {
            try connection.send(bytes)
        } catch {
            // A server that refuses early may close before it took all: its answer counts.
            guard let answer = try? connection.readAnswer(toHead: method == "HEAD") else {
                throw .closed
            }
            disconnect()
            return answer
        }
        let answer = try connection.readAnswer(toHead: method == "HEAD")
        if answer["Connection"]?.lowercased() == "close" { disconnect() }
        return answer
    }

    private func head(
        _ method: String, _ target: String, _ fields: [(String, String)], byteCount: Int
    ) -> String {
        var text = "\(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n"
        for (name, value) in fields { text += "\(name): \(value)\r\n" }
        if byteCount > 0 || method == "PUT" || method == "POST" {
            text += "Content-Length: \(byteCount)\r\n"
        }
        return text + "\r\n"
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for character in text.unicodeScalars {
            if character == "\"" || character == "\\" { quoted += "\\" }
            quoted.unicodeScalars.append(character)
        }
        return quoted + "\""
    }
}

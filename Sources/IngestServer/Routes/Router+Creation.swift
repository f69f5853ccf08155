internal import Digests
internal import Foundation
internal import HTTP1
internal import Recordings
internal import Transport
internal import Wire

extension Router {
    /// `PUT /recordings/{id}`: 201, and 200 for the same again.
    func create(
        _ exchange: Exchange, _ id: RecordingID, _ owner: Owner
    ) async throws(Problem) -> Outcome {
        try await create(exchange, id, owner, repeatedStatus: 200)
    }

    /// `POST /recordings`: 201 with `Location`; the same answer again for the same
    /// `Idempotency-Key`.
    func createAnonymous(
        _ exchange: Exchange, _ owner: Owner
    ) async throws(Problem) -> Outcome {
        let key = exchange.head.fields[Names.idempotencyKey]
        let id = try key.map(IdempotencyKey.recordingID) ?? Self.freshID()
        return try await create(exchange, id, owner, repeatedStatus: 201)
    }

    private func create(
        _ exchange: Exchange, _ id: RecordingID, _ owner: Owner, repeatedStatus: Int
    ) async throws(Problem) -> Outcome {
        try JSONBody.check(exchange.head)
        switch await JSONBody.read(exchange) {
        case .failure(let outcome): return outcome
        case .success(let bytes):
            let creation = try Creation.decode(bytes)
            let caller = CallerName(owner, peer: exchange.peer)
            let outcome = try await store.create(id, creation, owner, by: caller)
            let status = outcome == .created ? 201 : repeatedStatus
            let location = "/recordings/\(id.text)"
            return .answer(
                .json(
                    status, Created(id: id.text, href: location), [(Names.location, location)]))
        }
    }

    private struct Created: Encodable {
        let id: String
        let href: String
    }

    private static func freshID() -> RecordingID {
        let milliseconds = UInt64(Date.now.timeIntervalSince1970 * 1000)
        return .make(
            milliseconds: milliseconds,
            random: (.random(in: .min ... .max), .random(in: .min ... .max)))
    }
}

/// What makes `POST /recordings` repeatable.
enum IdempotencyKey {
    /// An id that follows from the key alone: the first 16 bytes of its SHA-256 as a UUID of
    /// version 8 (RFC 9562 §5.8).
    ///
    /// The key is an RFC 9651 String, quotes and all, or the same without quotes, as many send
    /// it. Errors: `bad-request` unless it is 1 to 255 visible ASCII characters.
    static func recordingID(_ value: String) throws(Problem) -> RecordingID {
        var key = value[...]
        if key.utf8.count >= 2, key.hasPrefix("\""), key.hasSuffix("\"") {
            key = key.dropFirst().dropLast()
        }
        guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ 0x20...0x7e ~= $0 })
        else {
            throw .badRequest(
                detail: "\(Names.idempotencyKey) must be 1 to 255 visible ASCII characters.")
        }
        let bytes = SHA256Digest.of(Array(key.utf8))
        let high = bytes[0..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let low = bytes[8..<16].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return RecordingID(
            high: high & ~0xf000 | 0x8000, low: low & (.max >> 2) | 1 << 63)
    }
}

/// The body of a finalize: nothing more will come.
package struct FinalizeRequest: Codable, Sendable, Equatable {
    /// How many bytes the recording has.
    package var length: Int64
    /// The highest sequence + 1.
    package var chunkCount: Int64?
    /// SHA-256 over the bytes [0, length), as a structured field: `sha-256=:BASE64:`.
    package var digest: String?
    /// True: publish what is there, as damaged. Never false: that is nil.
    package var incomplete: Bool?

    package init(
        length: Int64, chunkCount: Int64? = nil, digest: String? = nil, incomplete: Bool? = nil
    ) {
        self.length = length
        self.chunkCount = chunkCount
        self.digest = digest
        self.incomplete = incomplete == true ? true : nil
    }

    /// Reads and checks a body. Two bodies that mean the same become equal requests.
    ///
    /// - Throws: `Problem.badRequest`, `.digestInvalid`, `.digestUnsupported`.
    package static func decode(_ body: [UInt8]) throws(Problem) -> FinalizeRequest {
        var request = try WireJSON.decode(FinalizeRequest.self, from: body)
        guard request.length >= 0 else {
            throw .badRequest(detail: "The member \"length\" must not be negative.")
        }
        if let chunkCount = request.chunkCount, chunkCount < 0 {
            throw .badRequest(detail: "The member \"chunkCount\" must not be negative.")
        }
        if let digest = request.digest {
            request.digest = ContentDigest.sha256(try sha256(in: digest)).text
        }
        if request.incomplete == false { request.incomplete = nil }
        return request
    }

    package var isIncomplete: Bool { incomplete == true }

    /// The 32 bytes of `digest`; nil when there is none, or none that can be read.
    package var sha256: [UInt8]? {
        // A digest that `decode` has not checked claims nothing.
        digest.flatMap { try? Self.sha256(in: $0) }
    }

    var json: JSONValue {
        .object(
            [
                "length": .integer(length), "chunkCount": chunkCount.map(JSONValue.integer),
                "digest": digest.map(JSONValue.string),
                "incomplete": incomplete.map(JSONValue.boolean),
            ].compactMapValues { $0 })
    }

    private static func sha256(in field: String) throws(Problem) -> [UInt8] {
        for digest in try ContentDigest.parse(field) {
            if case .sha256(let bytes) = digest { return bytes }
        }
        throw .digestUnsupported(supported: ["sha-256"])
    }
}

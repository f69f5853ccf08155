internal import COpenSSL

/// A running SHA-256 (FIPS 180-4) with value semantics: copy it, read it and go on.
package struct SHA256Digest: Sendable {
    /// Bytes of a value.
    package static let byteCount = 32

    private var context: Context

    package init() { context = Context() }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        if !isKnownUniquelyReferenced(&context) { context = Context(copying: context) }
        context.update(bytes)
    }

    package mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// The 32 bytes for what came so far; more may follow.
    package var value: [UInt8] { Context(copying: context).finish() }

    /// The digest of `bytes` alone.
    package static func of(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var digest = SHA256Digest()
        digest.update(bytes)
        return digest.context.finish()
    }

    package static func of(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { of($0) }
    }
}

extension SHA256Digest {
    /// One EVP_MD_CTX with one owner.
    // SAFETY: changed only by a digest that is its only owner (checked before each update) or
    // by the one that has just made it; read-only otherwise.
    private final class Context: @unchecked Sendable {
        private let raw: OpaquePointer

        /// Fetched once: EVP_sha256() has it looked up for every digest, 0.6 of 0.8 µs for a few
        /// bytes.
        // SAFETY: OpenSSL never changes it, and it lives as long as the process.
        private nonisolated(unsafe) static let algorithm = EVP_MD_fetch(nil, "SHA256", nil)

        init() {
            raw = Self.allocate()
            precondition(
                EVP_DigestInit_ex(raw, Self.algorithm, nil) == 1, "OpenSSL has no SHA-256")
        }

        init(copying other: Context) {
            raw = Self.allocate()
            precondition(EVP_MD_CTX_copy_ex(raw, other.raw) == 1, "a digest cannot be copied")
        }

        deinit { EVP_MD_CTX_free(raw) }

        // SAFETY: OpenSSL reads exactly `count` bytes and keeps nothing.
        func update(_ bytes: UnsafeRawBufferPointer) {
            precondition(
                EVP_DigestUpdate(raw, bytes.baseAddress, bytes.count) == 1,
                "a digest cannot go on")
        }

        // SAFETY: OpenSSL writes the 32 bytes of a SHA-256, which is the capacity.
        func finish() -> [UInt8] {
            [UInt8](unsafeUninitializedCapacity: SHA256Digest.byteCount) { bytes, count in
                precondition(
                    EVP_DigestFinal_ex(raw, bytes.baseAddress, nil) == 1,
                    "a digest cannot be finished")
                count = SHA256Digest.byteCount
            }
        }

        private static func allocate() -> OpaquePointer {
            guard let raw = EVP_MD_CTX_new() else { fatalError("no memory for a digest") }
            return raw
        }
    }
}

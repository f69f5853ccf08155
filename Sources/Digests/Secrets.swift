internal import COpenSSL

/// What is done with secrets.
package enum Secrets {
    /// Whether both are the same bytes; how long that takes says nothing of where they differ:
    /// CRYPTO_memcmp.
    package static func areEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        guard one.count == other.count else { return false }
        return one.withUnsafeBytes { one in
            other.withUnsafeBytes { other in
                CRYPTO_memcmp(one.baseAddress, other.baseAddress, one.count) == 0
            }
        }
    }

    /// HMAC-SHA256 (RFC 2104): 32 bytes.
    package static func seal(_ bytes: [UInt8], with secret: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: SHA256Digest.byteCount) { seal, count in
            let sealed = HMAC(
                EVP_sha256(), secret, Int32(secret.count), bytes, bytes.count, seal.baseAddress,
                nil)
            precondition(sealed != nil, "OpenSSL has no HMAC")
            count = SHA256Digest.byteCount
        }
    }

    /// Bytes that nobody can guess.
    package static func random(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}

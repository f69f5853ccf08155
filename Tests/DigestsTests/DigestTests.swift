import Digests
import Testing

@Suite struct DigestTests {
    /// RFC 3720 appendix B.4, and the check value of the CRC catalogue.
    @Test(
        arguments: [
            ([], 0),
            (Array("123456789".utf8), 0xe306_9283),
            ([UInt8](repeating: 0, count: 32), 0x8a91_36aa),
            ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43),
            (Array(0..<32), 0x46dd_794e),
            ((0..<32).reversed(), 0x113f_db5c),
        ] as [([UInt8], UInt32)])
    func crc32cHasTheKnownValues(_ bytes: [UInt8], _ expected: UInt32) {
        #expect(CRC32C.of(bytes) == expected)
    }

    @Test func crc32cGoesOnFromAnySplit() {
        let bytes = (0..<100).map { UInt8(truncatingIfNeeded: $0 * 37) }
        let whole = CRC32C.of(bytes)
        for split in 0...bytes.count {
            let first = CRC32C.of(Array(bytes[..<split]))
            #expect(CRC32C.of(Array(bytes[split...]), from: first) == whole)
        }
    }

    /// FIPS 180-4, the examples of NIST.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func sha256HasTheKnownValues(_ text: String, _ expected: String) {
        #expect(hex(SHA256Digest.of(Array(text.utf8))) == expected)
    }

    @Test func sha256CanBeReadOnTheWayAndGoesOn() {
        let bytes = Array("the quick brown fox".utf8)
        var digest = SHA256Digest()
        for (index, byte) in bytes.enumerated() {
            #expect(digest.value == SHA256Digest.of(Array(bytes[..<index])))
            digest.update([byte])
        }
        #expect(digest.value == SHA256Digest.of(bytes))
        #expect(digest.value == SHA256Digest.of(bytes))
    }

    @Test func aCopyOfADigestGoesItsOwnWay() {
        var one = SHA256Digest()
        one.update([1, 2])
        var other = one
        other.update([3])
        one.update([4])
        #expect(one.value == SHA256Digest.of([1, 2, 4]))
        #expect(other.value == SHA256Digest.of([1, 2, 3]))
    }

    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}

@Suite("Secrets") struct SecretTests {
    @Test("seals are those of RFC 4231")
    func seals() {
        let one = Secrets.seal(Array("Hi There".utf8), with: Array(repeating: 0x0b, count: 20))
        #expect(hex(one) == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
        let two = Secrets.seal(Array("what do ya want for nothing?".utf8), with: Array("Jefe".utf8))
        #expect(hex(two) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    @Test("bytes are equal if all of them are")
    func equal() {
        #expect(Secrets.areEqual([], []))
        #expect(Secrets.areEqual([1, 2, 3], [1, 2, 3]))
        #expect(!Secrets.areEqual([1, 2, 3], [1, 2, 4]))
        #expect(!Secrets.areEqual([1, 2, 3], [9, 2, 3]))
        #expect(!Secrets.areEqual([1, 2, 3], [1, 2]))
        #expect(Secrets.random(32) != Secrets.random(32))
    }

    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

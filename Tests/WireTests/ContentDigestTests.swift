import Testing
import Wire

struct ContentDigestTests {
    private static let ones = "//////////////////////////////////////////8="
    private static let sha256 = ContentDigest.sha256(Array(repeating: 0xff, count: 32))

    static let rows: [(String, [ContentDigest])] = [
        ("crc32c=:AAAAAQ==:", [.crc32c(1)]),
        ("crc32c=:3q2+7w==:", [.crc32c(0xdead_beef)]),
        ("crc32c=:3q2+7w:", [.crc32c(0xdead_beef)]),
        ("crc32c=:3q2+7x==:", [.crc32c(0xdead_beef)]),
        ("  crc32c=:AAAAAQ==:  ", [.crc32c(1)]),
        ("sha-256=:\(ones):", [sha256]),
        ("sha-256=:\(ones):, crc32c=:AAAAAQ==:", [sha256, .crc32c(1)]),
        ("crc32c=:AAAAAQ==:\t,\tsha-256=:\(ones):", [.crc32c(1), sha256]),
        ("crc32c=:AAAAAQ==:,crc32c=:AAAAAg==:", [.crc32c(2)]),
        ("sha-512=:AA==:, crc32c=:AAAAAQ==:", [.crc32c(1)]),
        ("md5=::, crc32c=:AAAAAQ==:", [.crc32c(1)]),
        ("crc32c=:AAAAAQ==:;a;b=1; c=\"x,\\\";:\";*d=:AA==:, md5=::", [.crc32c(1)]),
        ("*.a_-9=:AA==:, crc32c=:AAAAAQ==:", [.crc32c(1)]),
    ]

    @Test(arguments: rows)
    func `Reads every digest it knows`(field: String, digests: [ContentDigest]) throws {
        #expect(try ContentDigest.parse(field) == digests)
    }

    @Test(arguments: [
        "", " ", ",", "crc32c", "crc32c=", "crc32c=:", "crc32c=AAAAAQ==", "crc32c=:AAAAAQ==",
        "crc32c=\"AAAAAQ==\"", "crc32c=:AAAAAQ==:,", "crc32c=:AAAAAQ==:, ",
        ",crc32c=:AAAAAQ==:", "crc32c=:AAAAAQ==: crc32c=:AAAAAQ==:", "crc32c =:AAAAAQ==:",
        "crc32c= :AAAAAQ==:", "CRC32C=:AAAAAQ==:", "SHA-256=:\(ones):", "\tcrc32c=:AAAAAQ==:",
        "crc32c=:AAAA AQ==:", "crc32c=:AAAAAQ=:", "crc32c=:AAAAAQ===:", "crc32c=:AA=AAQ==:",
        "crc32c=:A:", "crc32c=:AAAA_w==:", "crc32c=:AAAA:", "crc32c=:AAAAAAE=:", "crc32c=::",
        "sha-256=:AA==:", "sha-256=::", "sha-256=:\(ones)AA==:", "crc32c=:AAAAAQ==:;",
        "crc32c=:AAAAAQ==:;A=1", "crc32c=:AAAAAQ==:;a=", "crc32c=:AAAAAQ==:;a=\"x",
        "crc32c=:AAAAAQ==:;a=\"\\", "crc32c=:AAAAAQ==:x", "md5=1, crc32c=:AAAAAQ==:",
        "1a=:AA==:", "é=:AA==:", "crc32c=?1",
    ])
    func `Anything malformed is refused as such`(field: String) {
        #expect {
            try ContentDigest.parse(field)
        } throws: { error in
            (error as? Problem)?.name == "digest-invalid"
        }
    }

    @Test(arguments: ["md5=:AA==:", "sha-512=:\(ones):, sha=::", "crc32=:AAAAAQ==:"])
    func `Unknown algorithms alone are unsupported`(field: String) {
        #expect(throws: Problem.digestUnsupported(supported: ["sha-256", "crc32c"])) {
            try ContentDigest.parse(field)
        }
    }

    @Test
    func `Writes what it reads`() throws {
        #expect(ContentDigest.crc32c(0xdead_beef).text == "crc32c=:3q2+7w==:")
        #expect(Self.sha256.text == "sha-256=:\(Self.ones):")
        #expect(try ContentDigest.parse(Self.sha256.text) == [Self.sha256])
    }
}

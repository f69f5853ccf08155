import Foundation
import TestKit
import Testing
import Transport

/// Judged by openssl(1) and curl(1).
@Suite(.enabled(if: TestAuthority.isPossible, "scripts/need-test-tools"))
struct `Over TLS` {
    private static func context(
        _ authority: TestAuthority, _ name: String = "server",
        algorithm: [String] = TestAuthority.ecdsa, clients: TestAuthority? = nil,
        required: Bool = true
    ) throws -> TLSContext {
        let (certificate, key) = try authority.issue(name, algorithm: algorithm)
        var files = TLSFiles(certificate: certificate, key: key)
        files.clientAuthorities = clients?.certificate
        files.requiresClientCertificate = required
        return try TLSContext(files)
    }

    /// One request of HTTP/1.0 through openssl s_client, which waits for the end.
    private static func spoken(
        _ site: Site, _ authority: TestAuthority, _ options: String
    ) throws -> Spoken {
        try Spoken(
            "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | timeout 60 openssl s_client -ign_eof "
                + "-verify_return_error -CAfile '\(authority.certificate)' "
                + "-connect 127.0.0.1:\(site.server.port) \(options)")
    }

    private static func isRefused(_ spoken: Spoken) { #expect(!spoken.isFine, "\(spoken.text)") }

    private static func curl(
        _ site: Site, _ authority: TestAuthority, _ options: String, path: String = "/"
    ) throws -> Spoken {
        try Spoken(
            "curl -sS --max-time 60 --cacert '\(authority.certificate)' \(options) "
                + "https://127.0.0.1:\(site.server.port)\(path)")
    }

    @Test func `1.2 and 1.3 are spoken, with suites that encrypt well, and nothing else`()
        async throws
    {
        let authority = try TestAuthority()
        let rows: [(options: String, said: String?)] = [
            ("-tls1_3", "TLSv1.3"), ("-tls1_2", "TLSv1.2"),
            ("-tls1_1 -cipher ALL@SECLEVEL=0", nil), ("-tls1 -cipher ALL@SECLEVEL=0", nil),
            ("-tls1_3 -ciphersuites TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"),
            ("-tls1_3 -ciphersuites TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384"),
            ("-tls1_3 -ciphersuites TLS_CHACHA20_POLY1305_SHA256", "TLS_CHACHA20_POLY1305"),
            ("-tls1_3 -ciphersuites TLS_AES_128_CCM_SHA256", nil),
            ("-tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-GCM"),
            ("-tls1_2 -cipher ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES256-GCM"),
            ("-tls1_2 -cipher ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-ECDSA-CHACHA20"),
            ("-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA256", nil),
            ("-tls1_2 -cipher ECDHE-ECDSA-AES256-SHA", nil),
            ("-tls1_2 -cipher ECDHE-ECDSA-AES128-CCM", nil),
            ("-tls1_2 -cipher 'aNULL:eNULL@SECLEVEL=0'", nil),
            ("-groups X25519", "X25519"), ("-groups P-256", "prime256v1"),
            ("-groups P-521", nil),
            ("-alpn http/1.1", "ALPN protocol: http/1.1"),
            ("-alpn h2,http/1.1", "ALPN protocol: http/1.1"), ("-alpn h2", nil),
        ]
        try await Site.run(tls: Self.context(authority)) { site in
            for row in rows {
                let spoken = try Self.spoken(site, authority, row.options)
                guard let said = row.said else {
                    #expect(!spoken.isFine, "\(row.options)")
                    continue
                }
                #expect(spoken.isFine && spoken.text.contains("pong"), "\(row) \(spoken.text)")
                #expect(spoken.text.contains(said), "\(row) \(spoken.text)")
                // It hears that the end is the end.
                #expect(!spoken.text.contains("unexpected eof"), "\(row.options)")
            }
        }
    }

    @Test func `a key of RSA needs suites of its own, and none without forward secrecy`()
        async throws
    {
        let authority = try TestAuthority()
        let context = try Self.context(authority, algorithm: TestAuthority.rsa)
        try await Site.run(tls: context) { site in
            let fine = ["ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-CHACHA20-POLY1305"]
            for suite in fine {
                let spoken = try Self.spoken(site, authority, "-tls1_2 -cipher \(suite)")
                #expect(spoken.isFine && spoken.text.contains(suite), "\(spoken.text)")
            }
            for suite in ["AES128-GCM-SHA256", "DHE-RSA-AES128-GCM-SHA256", "AES256-SHA"] {
                try Self.isRefused(Self.spoken(site, authority, "-tls1_2 -cipher \(suite)"))
            }
        }
    }

    @Test(arguments: ["TLSv1.2", "TLSv1.3"])
    func `a session is resumed, but not beyond a new certificate`(
        _ version: String
    ) async throws {
        let authority = try TestAuthority()
        let option = version == "TLSv1.2" ? "-tls1_2" : "-tls1_3"
        try await Site.run(tls: Self.context(authority)) { site in
            let session = authority.path("session")
            for part in ["-sess_out", "-sess_in", "-sess_in"] {
                let spoken = try Self.spoken(site, authority, "\(option) \(part) '\(session)'")
                #expect(spoken.isFine && spoken.text.contains("pong"), "\(spoken.text)")
            }
            site.server.renew(try Self.context(authority, "second"))
            let spoken = try Self.spoken(site, authority, "\(option) -sess_in '\(session)'")
            #expect(spoken.isFine && spoken.text.contains("CN = second"), "\(spoken.text)")
            let resumed = version + " resumed"
            #expect(site.recorder.current.handshakes == [version, resumed, resumed, version])
        }
    }

    @Test func `a client shows its certificate where one is asked for`() async throws {
        let authority = try TestAuthority()
        let clients = try TestAuthority()
        let (good, key) = try clients.issue("client")
        let (other, otherKey) = try authority.issue("stranger")
        let asGood = "--cert '\(good)' --key '\(key)'"
        let asOther = "--cert '\(other)' --key '\(otherKey)'"
        try await Site.run(tls: Self.context(authority, clients: clients)) { site in
            #expect(try Self.curl(site, authority, asGood).text == "pong")
            try Self.isRefused(Self.curl(site, authority, ""))
            try Self.isRefused(Self.curl(site, authority, asOther))
            site.server.renew(
                try Self.context(authority, "second", clients: clients, required: false))
            #expect(try Self.curl(site, authority, asGood).text == "pong")
            #expect(try Self.curl(site, authority, "").text == "pong")
            try Self.isRefused(Self.curl(site, authority, asOther))
        }
    }

    @Test func `bodies and answers of any length come whole`() async throws {
        let authority = try TestAuthority()
        let file = authority.path("body")
        let copy = authority.path("copy")
        try await Site.run(tls: Self.context(authority)) { site in
            for count in [1, 16_383, 16_384, 16_385, 1 << 20] {
                try Data(pattern(count)).write(to: URL(filePath: file))
                for coding in ["", "-H 'Transfer-Encoding: chunked'", "-H 'Expect: 100-continue'"] {
                    // Twice over one connection.
                    let url = "https://127.0.0.1:\(site.server.port)/echo"
                    let spoken = try Self.curl(
                        site, authority,
                        "-X PUT --data-binary '@\(file)' \(coding) -o '\(copy)' \(url) "
                            + "-o '\(copy).2'", path: "/echo")
                    #expect(spoken.isFine, "\(spoken.text)")
                    for name in [copy, copy + ".2"] {
                        let isSame =
                            try Data(contentsOf: URL(filePath: name)) == Data(pattern(count))
                        #expect(isSame, "\(count) \(coding)")
                    }
                }
            }
            #expect(site.recorder.current.opened == 15)
        }
    }

    @Test func `plain HTTP is told so, and whoever says nothing goes`() async throws {
        let authority = try TestAuthority()
        var limits = TransportLimits()
        limits.tlsHandshakeTimeout = .milliseconds(100)
        try await Site.run(limits, tls: Self.context(authority)) { site in
            let plain = try site.client()
            let response = try plain.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(response.status == 400)
            #expect(response.text.contains("this port speaks TLS: use https"))
            #expect(plain.rest().isEmpty)
            for bytes in [[], [22], [22, 3, 1, 2, 0, 1]] as [[UInt8]] {
                let slow = try site.client()
                slow.send(bytes)
                #expect(slow.rest().isEmpty)
            }
            let broken = try site.client()
            broken.send([22, 3, 1, 0, 4, 9, 9, 9, 9])
            // An alert: what TLS has to say of it.
            #expect(broken.rest().first == 21)
            #expect(
                site.recorder.current.reasons
                    == [.plain, .tlsTimeout, .tlsTimeout, .tlsTimeout, .tlsHandshake])
        }
    }

    @Test func `an https target is at home, and a plain port answers no greeting`() async throws {
        let authority = try TestAuthority()
        try await Site.run(tls: Self.context(authority)) { site in
            let spoken = try Self.curl(
                site, authority, "--request-target https://a/ -w ' %{http_code}'")
            #expect(spoken.text == "pong 200")
        }
        try await Site.run { site in
            try Self.isRefused(Self.curl(site, authority, ""))
            #expect(site.recorder.current.refusals == [400])
        }
    }

    @Test func `files that do not fit are named`() throws {
        let authority = try TestAuthority()
        let (certificate, key) = try authority.issue("server")
        let (_, otherKey) = try authority.issue("other")
        let rows: [(String, String, String)] = [
            ("/nowhere", key, "The certificate /nowhere cannot be used"),
            (key, key, "The certificate \(key) cannot be used"),
            (certificate, "/nowhere", "The key /nowhere cannot be used"),
            (certificate, certificate, "The key \(certificate) cannot be used"),
            (certificate, otherKey, "The key \(otherKey) cannot be used with the certificate"),
        ]
        for (certificate, key, sentence) in rows {
            let error = #expect(throws: TLSError.self) {
                try TLSContext(TLSFiles(certificate: certificate, key: key))
            }
            #expect(error?.description.hasPrefix(sentence) == true, "\(error as Any)")
        }
        var files = TLSFiles(certificate: certificate, key: key)
        files.clientAuthorities = key
        #expect(throws: TLSError.self) { try TLSContext(files) }
    }
}

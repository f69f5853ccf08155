import Foundation
import Glibc
import TestKit
import Testing

extension Service {
    /// What curl(1) makes of a server with a certificate.
    @Suite("TLS", .enabled(if: TestAuthority.isPossible, "scripts/need-test-tools"))
    struct TLSTests {
        @Test("a recording is made and read, and SIGHUP brings a new certificate, if it is one")
        func certificates() throws {
            let (first, second) = (try TestAuthority(), try TestAuthority())
            let (certificate, key) = try first.issue("server")
            let server = try ServerProcess(settings: [
                "tls-certificate": certificate, "tls-key": key,
            ])
            let id = "01890a5d-ac96-774b-bcce-b302099a8059"
            let file = first.path("chunk")
            let bytes = [UInt8]((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 * 7) })
            try Data(bytes).write(to: URL(filePath: file))
            func curl(_ authority: TestAuthority, _ options: String, _ path: String) throws
                -> Spoken
            {
                try Spoken(
                    "curl -sS --max-time 60 --cacert '\(authority.certificate)' \(options) "
                        + "-w ' %{http_code}' https://127.0.0.1:\(server.port)\(path)")
            }
            let json = "-H 'Content-Type: application/json'"
            let creation = try curl(
                first, "-X PUT \(json) -d '{\"mediaType\":\"video/webm\"}'", "/recordings/\(id)")
            #expect(creation.text.hasSuffix(" 201"), "\(creation.text)")
            let chunk = try curl(
                first,
                "-T '\(file)' -H 'Chunk-Sequence: 0' "
                    + "-H 'Content-Digest: \(RecordingClient.contentDigest(bytes))'",
                "/recordings/\(id)/chunks/0")
            #expect(chunk.text.hasSuffix(" 201"), "\(chunk.text)")
            let copy = first.path("copy")
            _ = try curl(first, "-o '\(copy)'", "/recordings/\(id)/media?as=received")
            let isSame = try Data(contentsOf: URL(filePath: copy)) == Data(bytes)
            #expect(isSame)

            let (other, otherKey) = try second.issue("server")
            let files = FileManager.default
            func replace(_ path: String, by source: String) throws {
                try files.removeItem(atPath: path)
                try files.copyItem(atPath: source, toPath: path)
            }
            // Amid the change the two do not fit: the server keeps what it has.
            try replace(certificate, by: other)
            try server.hangUp(waitingFor: "the certificate stays as it was")
            #expect(try curl(first, "", "/healthz").text.hasSuffix(" 200"))
            try replace(key, by: otherKey)
            try server.hangUp(waitingFor: "certificate read")
            #expect(try curl(second, "", "/healthz").text.hasSuffix(" 200"))
            let isFine = try curl(first, "", "/healthz").isFine
            #expect(!isFine)
            #expect(server.terminate() == .exited(0))
        }

        @Test("a certificate that is none stops the start, with a sentence")
        func noCertificate() throws {
            let error = #expect(throws: ServerProcess.Failure.self) {
                _ = try ServerProcess(settings: [
                    "tls-certificate": "/nowhere", "tls-key": "/nowhere",
                ])
            }
            #expect(error?.ending == .exited(1))
            #expect(error?.text.contains("The certificate /nowhere cannot be used") == true)
        }
    }
}

internal import Foundation

/// A certificate authority of its own, whose certificates name 127.0.0.1, in a temporary folder.
/// openssl(1) makes them; every call blocks.
package final class TestAuthority {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// openssl(1) and curl(1) are here; scripts/need-test-tools brings them.
    package static let isPossible = ["openssl", "curl"].allSatisfy {
        FileManager.default.isExecutableFile(atPath: "/usr/bin/" + $0)
    }

    private let folder = TemporaryFolder("authority")

    package init() throws {
        try openssl(["req", "-x509", "-subj", "/CN=Holdfast test"] + Self.fresh("ca"))
    }

    /// The authority's own certificate.
    package var certificate: String { path("ca.pem") }

    package func path(_ name: String) -> String { folder.path + "/" + name }

    /// Makes `NAME.pem` and `NAME.key`; `algorithm` as openssl req -newkey takes it.
    @discardableResult
    package func issue(
        _ name: String, algorithm: [String] = TestAuthority.ecdsa
    ) throws -> (certificate: String, key: String) {
        try openssl(
            ["req", "-x509", "-CA", certificate, "-CAkey", path("ca.key")]
                + ["-subj", "/CN=\(name)", "-addext", "subjectAltName=IP:127.0.0.1"]
                + ["-addext", "basicConstraints=critical,CA:FALSE"]
                + Self.fresh(name, algorithm))
        return (path(name + ".pem"), path(name + ".key"))
    }

    package static let ecdsa = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    package static let rsa = ["rsa:2048"]

    private static func fresh(_ name: String, _ algorithm: [String] = ecdsa) -> [String] {
        ["-newkey"] + algorithm + ["-nodes", "-keyout", name + ".key", "-out", name + ".pem"]
            + ["-days", "2"]
    }

    private func openssl(_ words: [String]) throws {
        let command = ["cd '\(folder.path)' && exec openssl \"$@\"", "openssl"] + words
        let process = try ChildProcess("/bin/sh", ["-c"] + command)
        guard process.waitForEnd() == .exited(0) else {
            throw Failure(description: process.text(.error))
        }
    }
}

/// A program of the system that talks to a server, and what it said.
package struct Spoken {
    package let isFine: Bool
    /// Standard output, standard error behind it.
    package let text: String

    /// Runs a line of the shell to its end. Blocks.
    package init(_ line: String) throws {
        let process = try ChildProcess("/bin/sh", ["-c", line])
        isFine = process.waitForEnd() == .exited(0)
        text = process.text(.output) + process.text(.error)
    }
}

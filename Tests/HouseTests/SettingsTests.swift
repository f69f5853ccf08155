import Foundation
import IngestServer
import Testing

@testable import holdfastd

@Suite("Settings")
struct SettingsTests {
    @Test("Flags go before the environment, that before the file, that before the defaults")
    func order() async throws {
        let settings = try await read(
            ["--loops", "3"],
            ["HOLDFAST_LOOPS": "2", "HOLDFAST_CHUNK_BYTES_MAX": "2097152"],
            file: "loops: 1\nchunkBytesMax: 1048576\nwindowBytesMax: 8388608 # small\n")
        #expect(settings.loops == 3)
        #expect(settings.chunks.chunkBytesMax == 2_097_152)
        #expect(settings.chunks.windowBytesMax == 8_388_608)
        #expect(settings.data == Settings().data)
    }

    @Test(
        "true and false, and a flag alone, set a switch",
        arguments: [
            (["--digest-required"], true), (["--digest-required", "false"], false),
            (["--digest-required=false"], false), (["--digest-required=true"], true),
        ])
    func flags(arguments: [String], isOn: Bool) async throws {
        let settings = try await read(arguments, [:])
        #expect(settings.chunks.digestRequired == isOn)
    }

    @Test(
        "A mistake is answered with a sentence that names it",
        arguments: [
            (["--loop", "3"], "There is no flag --loop."),
            (["3"], "“3” belongs to no flag."),
            (["--loops", "3", "4"], "“4” belongs to no flag."),
            (["--loops"], "--loops lacks its value."),
            (["--loops", "--data", "x"], "--loops lacks its value."),
            (["--loops", "1", "--loops=2"], "--loops is given twice."),
            (
                ["--loops", "many"],
                "loops must be a whole number (threads) from 0 to 1024, not “many”."
            ),
            (
                ["--drain-seconds", "-1"],
                "drainSeconds must be a whole number (seconds) from 0 to 3600, not “-1”."
            ),
            (["--digest-required", "maybe"], "digestRequired must be one value (true or false)."),
            (["--data", "a,b"], "data must be one value (path)."),
            (
                ["--listen", "8080"],
                "listen must be an address and a port, 127.0.0.1:8080 say, not “8080”."
            ),
            (
                ["--listen", "::1:80"],
                "listen: put the IPv6 address in brackets, [::1]:8080 say."
            ),
            (
                ["--segment-bytes", "16777217"],
                "segmentBytes (16777217) must be a multiple of 1048576."
            ),
            (
                ["--chunk-bytes-max", "16777217"],
                "chunkBytesMax (16777217) must be at most a quarter of segmentBytes (67108864)."
            ),
            (
                ["--listen", "0.0.0.0:8080"],
                "listen (0.0.0.0:8080) is open to other machines, which takes TLS: set "
                    + "tlsCertificate and tlsKey. Where something in front of the server ends TLS, "
                    + "set plainAllowed."
            ),
            (
                ["--listen", "0.0.0.0:80", "--plain-allowed", "--open"],
                "open lets everyone do everything, so listen (0.0.0.0:80) must be on loopback: "
                    + "127.0.0.1 or [::1]. Leave it out, and the first start prints keys."
            ),
            (
                ["--listen", "127.example.org:80", "--open"],
                "open lets everyone do everything, so listen (127.example.org:80) must be on "
                    + "loopback: 127.0.0.1 or [::1]. Leave it out, and the first start prints keys."
            ),
            (["--tls-key", "a"], "tlsCertificate and tlsKey belong together."),
            (
                ["--tls-client-ca", "a"],
                "tlsClientCa makes no sense without tlsCertificate."
            ),
            (["--config", "/nowhere/at/all"], "There is no file /nowhere/at/all."),
        ])
    func mistakes(arguments: [String], sentence: String) async {
        await #expect(throws: SettingsError(sentence)) { try await read(arguments, [:]) }
    }

    @Test("The example file is read as it is, and with every key set", arguments: [false, true])
    func example(areSet: Bool) async throws {
        let text = Setting.exampleFile().split(separator: "\n").map { line in
            areSet && line.hasPrefix("#") && !line.hasPrefix("# ") ? line.dropFirst() : line
        }
        let settings = try await read([], [:], file: text.joined(separator: "\n"))
        #expect(settings == Settings())
    }

    @Test(
        "A file with a key that is none is refused with its line",
        arguments: [
            ("loops: 1\n\n# fine\nloop: 2\n", "line 4: there is no key “loop”."),
            ("loops: 1\nloops: 2\n", "line 2: “loops” is there twice."),
            ("log:\n  segmentBytes: 1\n", "line 1: there is no key “log”."),
        ])
    func unknownKey(file: String, sentence: String) async {
        let error = await #expect(throws: SettingsError.self) {
            try await read([], [:], file: file)
        }
        #expect(error?.description.hasSuffix(sentence) == true)
    }

    @Test(
        "Other machines are served over TLS, or where that is wanted plainly",
        arguments: [
            ["--listen", "127.0.0.2:80"], ["--listen", "[::1]:80"], ["--listen", "localhost:80"],
            ["--listen", "0.0.0.0:80", "--plain-allowed"],
            ["--listen", "[::]:443", "--tls-certificate", "a", "--tls-key", "b"],
        ])
    func plain(arguments: [String]) async throws {
        #expect(try await read(arguments, [:]).listen == arguments[1])
    }

    @Test("An address is taken apart at its last colon")
    func address() throws {
        var settings = Settings()
        settings.listen = "[::1]:0"
        #expect(try settings.address == ("::1", 0))
        settings.listen = "0.0.0.0:65535"
        #expect(try settings.address == ("0.0.0.0", 65535))
    }

    /// As `holdfastd` reads them, the file's text instead of its name.
    private func read(
        _ flags: [String], _ environment: [String: String], file: String? = nil
    ) async throws -> Settings {
        let arguments = ["holdfastd"] + flags
        guard case .serve(var path) = try Request.parse(arguments) else {
            Issue.record("not a request to serve")
            return Settings()
        }
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "holdfast-settings-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }  // only a leftover
        if let file {
            let url = folder.appending(path: "settings.yaml")
            try Data(file.utf8).write(to: url)
            path = url.path
        }
        return try await Settings.read(
            arguments: arguments, file: path, environment: environment)
    }
}

import Foundation
import TestKit
import Testing

/// The program `holdfast` on a profile of its own.
struct Holdfast {
    let folder = TemporaryFolder("holdfast")
    var profile: String { folder.path + "/profile" }

    /// Raw sound, as `record` is told of it.
    static let sound = ["--pcm", "s16le", "--rate", "48000", "--channels", "1"]

    func start(_ arguments: [String]) throws -> ChildProcess {
        try ChildProcess(BuiltPrograms.path("holdfast"), arguments + ["--profile", profile])
    }

    /// Runs to its end, which must be with `code`.
    @discardableResult
    func run(
        _ arguments: [String], code: Int32 = 0,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> ChildProcess {
        let process = try start(arguments)
        #expect(
            process.waitForEnd() == .exited(code), "\(arguments): \(process.text(.error))",
            sourceLocation: sourceLocation)
        return process
    }

    /// Records noise. Returns its id.
    func record(_ options: String..., seconds: Int = 1) throws -> String {
        var random = SeededRandom(1)
        let path = try file("sound.raw", random.bytes(96_000 * seconds))
        let recorder = try run(["record", path, "--json"] + Self.sound + options)
        let began = try #require(recorder.text(.output).split(separator: "\n").first)
        let line = try JSONDecoder().decode(JSON.self, from: Data(began.utf8))
        return try #require(line["id"]?.text)
    }

    /// Everything in the outbox, the oldest first.
    func list() throws -> [JSON] {
        try run(["list", "--json", "--all"]).text(.output).split(separator: "\n").map {
            try JSONDecoder().decode(JSON.self, from: Data($0.utf8))
        }
    }

    /// A file beside the profile. Returns its path.
    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        let path = folder.path + "/" + name
        try Files.write(bytes, to: path)
        return path
    }

    /// The bytes of a recording on this disk.
    func media(_ id: String) throws -> [UInt8] {
        let recording = try #require(try list().first { $0["id"]?.text == id })
        return try Files.read(try #require(recording["file"]?.text))
    }

    /// Whether the server has exactly what is on this disk.
    func isWhole(_ id: String, on server: ServerProcess) throws -> Bool {
        let recording = try #require(try list().first { $0["id"]?.text == id })
        let serverID = try #require(recording["serverID"]?.text)
        let received = try RecordingClient(port: server.port).received(serverID)
        return received.body == (try media(id)) && !received.body.isEmpty
    }

    static func url(_ port: UInt16) -> String { "http://127.0.0.1:\(port)" }
}

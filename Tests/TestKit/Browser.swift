internal import Foundation
internal import Glibc

/// Debian's Chromium without a screen, driven by its WebDriver. It quits when its last owner
/// lets go. Every call blocks.
///
/// It reaches nothing but this machine.
package final class Browser {
    /// What the driver answered instead, or wrote before it ended.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    private static let program = "/usr/bin/chromium"
    private static let driverProgram = "/usr/bin/chromedriver"

    /// Both programs are here.
    package static var isInstalled: Bool {
        [program, driverProgram].allSatisfy(FileManager.default.isExecutableFile)
    }

    private let driver: ChildProcess
    private let client: RecordingClient
    private let profile = TemporaryFolder("browser")
    private var session = ""

    /// Starts one and returns once it takes orders.
    package init() throws {
        driver = try ChildProcess(Self.driverProgram, ["--port=0"])
        guard let line = driver.waitForLine(.output, with: "started successfully on port "),
            let port = UInt16(line.split(separator: " ").last?.prefix { $0.isNumber } ?? "")
        else { throw Failure(description: driver.text(.output) + driver.text(.error)) }
        client = RecordingClient(port: port)
        let value = try order("POST", "", Self.capabilities(profile.path))
        guard let session = value["sessionId"]?.text else {
            throw Failure(description: "no session: \(value)")
        }
        self.session = "/\(session)"
        _ = try order("POST", "/timeouts", #"{"script": 50000}"#)
    }

    deinit {
        // Chromium ends with its session, and would outlive a driver that is killed. One that
        // has crashed answers nothing, and is gone anyway.
        if !session.isEmpty { _ = try? order("DELETE", "", "") }
        driver.signal(SIGTERM)
    }

    /// Goes to a page and returns once it is loaded.
    package func open(_ url: String) throws {
        _ = try order("POST", "/url", #"{"url": "\#(url)"}"#)
    }

    /// Runs the body of a function whose last argument is to be called with its result.
    ///
    /// - Parameter arguments: texts that come before that one.
    package func run(_ script: String, _ arguments: [String]) throws -> JSON {
        let body = try JSONEncoder().encode(Script(script: script, args: arguments))
        return try order("POST", "/execute/async", String(decoding: body, as: UTF8.self))
    }

    private struct Script: Encodable {
        let script: String
        let args: [String]
    }

    /// A command of W3C WebDriver; the `value` of its answer.
    private func order(_ method: String, _ path: String, _ body: String) throws -> JSON {
        let answer = try client.request(
            method, "/session\(session)\(path)",
            [("Content-Type", "application/json; charset=utf-8")], [UInt8](body.utf8))
        let value = try answer.json()["value"] ?? .null
        guard answer.status == 200 else {
            let message = value["message"]?.text ?? answer.text
            throw Failure(description: "\(method) \(path): \(answer.status) \(message)")
        }
        return value
    }

    private static func capabilities(_ profile: String) -> String {
        let flags = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", "--autoplay-policy=no-user-gesture-required", "--mute-audio",
            "--proxy-server=direct://", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            "--user-data-dir=\(profile)",
        ]
        let list = flags.map { "\"\($0)\"" }.joined(separator: ", ")
        return
            #"{"capabilities": {"alwaysMatch": {"goog:chromeOptions": {"binary": "\#(program)", "#
            + #""args": [\#(list)]}}}}"#
    }
}

internal import Foundation
internal import Posix

/// Programs of others that say what they find wrong with a file.
package enum Judge {
    /// What ffmpeg says while it decodes all of the file: nothing, if nothing is wrong. Nil: it is
    /// not installed.
    package static func ffmpeg(_ path: String) throws -> String? {
        try complaints("ffmpeg", ["-nostdin", "-v", "error", "-i", path, "-f", "null", "-"])?.all
    }

    /// The lines in which opusinfo warns or complains. Nil: it is not installed.
    package static func opusinfo(_ path: String) throws -> String? {
        try complaints("opusinfo", [path])?.all.split(separator: "\n").filter {
            $0.contains("WARNING") || $0.contains("ERROR")
        }.joined(separator: "\n")
    }

    /// All samples of the first sound track, as ffmpeg decodes them at 48 kHz, channels in turn.
    /// Nil: it is not installed.
    package static func samples(_ path: String) throws -> [Float]? {
        let folder = TemporaryFolder("samples", inMemory: true)
        let output = folder.path + "/samples"
        guard
            let said = try complaints(
                "ffmpeg",
                [
                    "-nostdin", "-v", "error", "-i", path, "-map", "0:a:0", "-f", "f32le", "-ar",
                    "48000", output,
                ])
        else { return nil }
        guard said.all.isEmpty else { throw Complaint(text: said.all) }
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: output)))
        return stride(from: 0, to: bytes.count - 3, by: 4).map { start in
            Float(
                bitPattern: (0..<4).reduce(UInt32(0)) {
                    $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1)
                })
        }
    }

    package struct Complaint: Error { package let text: String }

    private static func complaints(
        _ program: String, _ arguments: [String]
    ) throws -> (ending: ChildProcess.Ending, all: String)? {
        let path = "/usr/bin/\(program)"
        guard FileManager.default.isExecutableFile(atPath: path) else {
            print("SKIPPED: \(program) is not installed: scripts/need-test-tools")
            return nil
        }
        let process = try ChildProcess(path, arguments)
        let ending = process.waitForEnd()
        return (ending, process.text(.output) + process.text(.error))
    }
}

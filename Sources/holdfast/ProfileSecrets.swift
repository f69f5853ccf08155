import Foundation
import IngestClient

extension ProfileOptions {
    /// The application's key that is written in the profile's file `key`; nil: there is none.
    var key: String? {
        // A file that cannot be read is none: the server will say what is missing.
        let text = try? String(contentsOfFile: profile + "/key", encoding: .utf8)
        return text?.trimmingCharacters(in: .whitespacesAndNewlines).nonEmpty
    }

    /// What tokens of sent files follow from: the profile's file `send-secret`, made with the first
    /// use, for its owner's eyes alone.
    func sendSecret() throws(ProfileTrouble) -> [UInt8] {
        let path = profile + "/send-secret"
        do {
            if !FileManager.default.fileExists(atPath: path) {
                try FileManager.default.createDirectory(
                    atPath: profile, withIntermediateDirectories: true)
                try make(path)
            }
            let secret = [UInt8](try Data(contentsOf: URL(filePath: path)))
            guard secret.count >= 16 else {
                throw ProfileTrouble("\(path) is too short: remove it.")
            }
            return secret
        } catch let error as ProfileTrouble {
            throw error
        } catch {
            throw ProfileTrouble("\(path): \(error.localizedDescription)")
        }
    }

    /// In one step, so that another process that does the same has the same in the end.
    private func make(_ path: String) throws {
        var random = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        let own = "\(path).\(ProcessInfo.processInfo.processIdentifier)"
        guard
            FileManager.default.createFile(
                atPath: own, contents: Data(bytes), attributes: [.posixPermissions: 0o600])
        else { throw CocoaError(.fileWriteUnknown) }
        defer { try? FileManager.default.removeItem(atPath: own) }  // only a leftover
        // Another one came first: that one counts.
        do { try FileManager.default.linkItem(atPath: own, toPath: path) } catch {
            guard FileManager.default.fileExists(atPath: path) else { throw error }
        }
    }
}

/// What is wrong with a profile, as a sentence.
struct ProfileTrouble: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

extension String {
    /// Nil for no text at all.
    var nonEmpty: String? { isEmpty ? nil : self }
}

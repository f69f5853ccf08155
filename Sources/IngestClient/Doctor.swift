public import Foundation
internal import Wire

/// Looks a profile and a server over, and says in sentences what it finds.
public struct Doctor: Sendable {
    /// One thing that was looked at.
    public struct Finding: Sendable, Equatable {
        /// What was looked at: `folder`, `lock`, `journal`, `queue`, `telemetry`, `media`,
        /// `disk`, `server` or `key`.
        public let subject: String
        /// Whether all is well with it.
        public let isGood: Bool
        /// What was found, and what to do about it.
        public let text: String
    }

    private let folder: String
    private let limits: OutboxLimits
    private let network: any Network

    /// - Parameter folder: the profile's.
    public init(folder: String, limits: OutboxLimits = OutboxLimits()) {
        self.init(folder: folder, limits: limits, network: SystemNetwork(timeoutSeconds: 10))
    }

    package init(folder: String, limits: OutboxLimits, network: any Network) {
        self.folder = folder
        self.limits = limits
        self.network = network
    }

    /// Looks at the profile's folder, and changes nothing. Blocks: on disk.
    public func profile() -> [Finding] {
        guard FileManager.default.fileExists(atPath: folder) else {
            return [good("folder", "\(folder) is not there yet: the first recording makes it.")]
        }
        var findings: [Finding] = []
        let isWritable = FileManager.default.isWritableFile(atPath: folder)
        findings.append(
            isWritable
                ? good("folder", "\(folder) can be written to.")
                : bad("folder", "\(folder) cannot be written to: change its owner or mode."))
        do throws(OutboxError) {
            if let processID = try OutboxLock.rival(folder) {
                findings.append(
                    good("lock", "Process \(processID) is recording or sending right now."))
            } else {
                findings.append(good("lock", "Nobody uses it right now."))
            }
        } catch { findings.append(bad("lock", "\(error)")) }
        do throws(OutboxError) { findings += try contents() } catch {
            findings.append(bad("journal", "\(error)"))
        }
        return findings
    }

    private func contents() throws(OutboxError) -> [Finding] {
        let path = folder + "/outbox.sqlite"
        guard FileManager.default.fileExists(atPath: path) else {
            return [good("journal", "There is no journal yet.")] + (try [disk(storedBytes: 0)])
        }
        let journal = try Journal(path: path, isReadOnly: true)
        let damage = try journal.damage()
        let recordings = try journal.recordings().filter { !$0.isDeleting }
        let unsent = recordings.filter { $0.state != .sent }.count
        var findings = [
            damage.map { damage in
                bad("journal", "It is damaged: \(damage). The next opening sets it aside.")
            } ?? good("journal", "It is sound: \(recordings.count) recordings, \(unsent) unsent.")
        ]
        if let queue = queue(recordings) { findings.append(queue) }
        findings.append(try reports(journal, recordings))
        findings += recordings.filter { $0.state == .parked || $0.state == .failed }.map {
            bad("journal", "\($0.id) is \($0.state.rawValue): \($0.reason ?? "no reason")")
        }
        let lacking = recordings.filter { recording in
            guard recording.hasLocalCopy else { return false }
            let path = recording.located(in: folder).mediaPath
            let facts = try? FileManager.default.attributesOfItem(atPath: path)
            let byteCount = (facts?[.size] as? NSNumber)?.int64Value ?? -1
            return byteCount < recording.byteCount
        }
        findings +=
            lacking.isEmpty
            ? [good("media", "Every recording's file has the bytes that it should have.")]
            : lacking.map { bad("media", "The file of \($0.id) is gone or became shorter.") }
        return findings + [try disk(storedBytes: try journal.storedBytes())]
    }

    private func queue(_ recordings: [OutboxRecording]) -> Finding? {
        let unsent = recordings.filter { $0.state != .sent }
        guard let oldest = unsent.map(\.startedAt).min() else { return nil }
        let bytes = unsent.reduce(0) { $0 + max(0, $1.byteCount - $1.acknowledgedBytes) }
        let since = Timestamp.text(milliseconds: OutboxRecording.milliseconds(oldest))
        return good(
            "queue",
            "\(unsent.count) recordings with \(bytes) bytes wait; the oldest began \(since).")
    }

    /// What the server will be told, and what it would be told of crashes that can still be seen.
    private func reports(
        _ journal: Journal, _ recordings: [OutboxRecording]
    ) throws(OutboxError) -> Finding {
        let count = try journal.reportCount()
        let crashes = recordings.count { $0.endReason == OutboxHappening.crashReason }
        let survived = crashes > 0 ? " \(crashes) recordings here outlived a crash." : ""
        return good("telemetry", "\(count) events wait to be told to a server.\(survived)")
    }

    private func disk(storedBytes: Int64) throws(OutboxError) -> Finding {
        let freeBytes = try MediaFile.freeBytes(folder)
        if freeBytes < limits.freeDiskBytesMin {
            return bad(
                "disk",
                "\(freeBytes) bytes are free: nothing is recorded below "
                    + "\(limits.freeDiskBytesMin). Make room.")
        }
        if storedBytes > limits.quotaWarningBytes {
            return bad(
                "disk",
                "Recordings take \(storedBytes) bytes of the \(limits.quotaBytes) that "
                    + "they may: send or delete some.")
        }
        return good(
            "disk",
            "\(freeBytes) bytes are free; recordings take \(storedBytes) of the "
                + "\(limits.quotaBytes) that they may.")
    }

    /// Asks the server whether it is there, speaks this protocol, takes chunks, and takes the
    /// application's key, if it wants one.
    public func server(_ server: URL, applicationKey: String? = nil) async -> [Finding] {
        let findings = await self.findings(server)
        guard findings.allSatisfy(\.isGood) else { return findings }
        return findings + [await key(server, applicationKey)]
    }

    private func findings(_ server: URL) async -> [Finding] {
        let health: NetworkAnswer
        do throws(NetworkError) {
            health = try await network.exchange(
                NetworkRequest("GET", server.appending(path: "healthz")))
        } catch {
            return [bad("server", "\(server.absoluteString) does not answer: \(error.reason)")]
        }
        // No document of this protocol is what this is looking for.
        let document = try? WireJSON.decode(Health.self, from: [UInt8](health.body))
        guard health.status == 200, document?.status == "ok" else {
            return [
                bad(
                    "server",
                    "What answers at \(server.absoluteString) is no Holdfast server "
                        + "of this version (\(health.status)).")
            ]
        }
        let here = good("server", "\(server.absoluteString) answers.")
        do throws(NetworkError) {
            let ready = try await network.exchange(
                NetworkRequest("GET", server.appending(path: "readyz")))
            if ready.status == 200 { return [here, good("server", "It takes chunks.")] }
            let reasons = try? WireJSON.decode(Health.self, from: [UInt8](ready.body)).reasons
            let text = reasons?.joined(separator: ", ") ?? "\(ready.status)"
            return [here, bad("server", "It takes no chunks now: \(text)")]
        } catch {
            return [here, bad("server", "It stopped answering: \(error.reason)")]
        }
    }

    /// A creation that lacks its body creates nothing: it tells whether the key would do.
    private func key(_ server: URL, _ applicationKey: String?) async -> Finding {
        var request = NetworkRequest("POST", server.appending(path: "recordings"))
        request.fields = [(Names.authorization, "Bearer \(Identity.newToken())")]
        if let applicationKey {
            request.fields.append((Names.applicationKey, applicationKey))
        }
        do throws(NetworkError) {
            let problem = RemoteProblem(try await network.exchange(request))
            guard problem.isOfAccess else {
                return good("key", "It takes recordings from here.")
            }
            return bad("key", "Not from here: \(problem.explainAccess(creating: true)).")
        } catch {
            return bad("server", "It stopped answering: \(error.reason)")
        }
    }

    private struct Health: Decodable {
        let status: String
        let reasons: [String]
    }

    private func good(_ subject: String, _ text: String) -> Finding {
        Finding(subject: subject, isGood: true, text: text)
    }

    private func bad(_ subject: String, _ text: String) -> Finding {
        Finding(subject: subject, isGood: false, text: text)
    }
}

internal import Digests
internal import Foundation
internal import Recordings
internal import Wire

/// Sends finished recordings from the local disk and finalizes them.
///
/// Sending is safe to repeat: what the server has already is not sent again, and a file that it
/// has whole is only asked after.
public struct FileSender: Sendable {
    private let options: SendOptions
    private let network: any Network
    private let random: @Sendable () -> Double

    /// Sends with the system's client of HTTP.
    public init(_ options: SendOptions) {
        self.init(options, network: SystemNetwork()) { Double.random(in: 0..<1) }
    }

    /// - Parameter random: numbers in 0..<1 that spread the retries.
    package init(
        _ options: SendOptions, network: any Network, random: @escaping @Sendable () -> Double
    ) {
        precondition(options.chunkBytes > 0, "a chunk has at least one byte")
        self.options = options
        self.network = network
        self.random = random
    }

    /// Sends the file at `path`, in chunks of which several are on their way at once.
    ///
    /// - Parameter report: is told what happens, from any task.
    public func send(
        _ path: String, report: @escaping @Sendable (SendEvent) -> Void = { _ in }
    ) async throws(SendError) -> SendResult {
        let file = try LocalFile(path: path, chunkBytes: options.chunkBytes)
        let requests = Requests(
            options: options, id: file.id.text,
            token: options.tokenSecret.map { Identity.token(of: file.id.text, from: $0) },
            network: network, random: random, report: report)
        let creation = Creation(
            mediaType: options.mediaType ?? MediaTypes.ofFile(named: file.name), title: file.name)
        _ = try await requests.success(requests.creation(creation))
        var bytesSent: Int64 = 0
        var digest = WholeDigest()
        for round in 1... {
            bytesSent += try await sendMissing(of: file, &digest, requests)
            try file.checkUnchanged()
            report(.finalizing)
            let whole = ContentDigest.sha256(digest.value)
            if let status = try await finalize(file, whole, requests, isLast: round == 3) {
                return try result(file, whole, requests, bytesSent: bytesSent, status)
            }
        }
        preconditionFailure("the last round returns or throws")
    }

    /// How many bytes had to be sent. `digest` takes in what it has not seen yet, so that the file
    /// is read once.
    private func sendMissing(
        of file: LocalFile, _ digest: inout WholeDigest, _ requests: Requests
    ) async throws(SendError) -> Int64 {
        let body = try await requests.success(NetworkRequest("GET", requests.url("/status")))
        let lacks = MissingChunks(try Self.decode(body))
        let bytesToSend = (0..<file.chunkCount).map(file.range).filter(lacks.contains)
            .reduce(Int64(0)) { $0 + Int64($1.count) }
        var acknowledged = file.byteCount - bytesToSend
        requests.report(
            .started(bytesAlreadyThere: acknowledged, byteCount: file.byteCount))
        func acknowledge(_ outcome: Result<Int64, SendError>) throws(SendError) {
            acknowledged += try outcome.get()
            requests.report(.acknowledged(bytes: acknowledged, byteCount: file.byteCount))
        }
        // Seen at once, though the next outcome is only waited for when enough are in flight.
        let firstFailure = Guarded<SendError?>(nil)
        let failure = await withTaskGroup(of: Result<Int64, SendError>.self) { group in
            do throws(SendError) {
                var inFlight = 0
                for sequence in 0..<file.chunkCount {
                    if let failure = firstFailure.withLock({ $0 }) { throw failure }
                    let isMissing = lacks.contains(file.range(sequence))
                    guard isMissing || digest.nextSequence == sequence else { continue }
                    let bytes = try file.bytes(sequence)
                    digest.take(bytes, sequence)
                    guard isMissing else { continue }
                    if inFlight == max(1, options.inFlightMax) {
                        if let outcome = await group.next() { try acknowledge(outcome) }
                    } else {
                        inFlight += 1
                    }
                    let offset = file.range(sequence).lowerBound
                    group.addTask {
                        let outcome = await Self.sendChunk(bytes, sequence, at: offset, requests)
                        if case .failure(let failure) = outcome {
                            firstFailure.withLock { $0 = $0 ?? failure }
                        }
                        return outcome
                    }
                }
                for await outcome in group { try acknowledge(outcome) }
                return nil as SendError?
            } catch {
                group.cancelAll()
                return error
            }
        }
        if let failure { throw failure }
        return bytesToSend
    }

    private static func sendChunk(
        _ bytes: Data, _ sequence: Int64, at offset: Int64, _ requests: Requests
    ) async -> Result<Int64, SendError> {
        do throws(SendError) {
            _ = try await requests.success(
                NetworkRequest(
                    "PUT", requests.url("/chunks/\(offset)"),
                    fields: [
                        (Names.chunkSequence, String(sequence)),
                        (Names.contentDigest, Checksums.contentDigest(bytes)),
                        (Names.contentType, MediaType.unknown),
                    ], body: bytes))
            return .success(Int64(bytes.count))
        } catch { return .failure(error) }
    }

    /// SHA-256 of all chunks, which it takes in their order.
    private struct WholeDigest {
        private(set) var nextSequence: Int64 = 0
        private var digest = SHA256Digest()

        /// Takes the chunk if it is the next.
        mutating func take(_ bytes: Data, _ sequence: Int64) {
            guard sequence == nextSequence else { return }
            nextSequence += 1
            bytes.withUnsafeBytes { digest.update($0) }
        }

        var value: [UInt8] { digest.value }
    }

    /// Nil: the server misses something after all, and it is worth looking again.
    private func finalize(
        _ file: LocalFile, _ digest: ContentDigest, _ requests: Requests, isLast: Bool
    ) async throws(SendError) -> RecordingStatus? {
        let request = FinalizeRequest(
            length: file.byteCount, chunkCount: file.chunkCount, digest: digest.text)
        switch try await requests.answer(requests.json("POST", requests.url("/finalize"), request))
        {
        case .success(let body): return try Self.decode(body)
        case .problem(let problem) where problem.name == "gaps" && !isLast: return nil
        case .problem(let problem): throw problem.refusal
        }
    }

    private func result(
        _ file: LocalFile, _ digest: ContentDigest, _ requests: Requests, bytesSent: Int64,
        _ status: RecordingStatus
    ) throws(SendError) -> SendResult {
        guard status.receivedDigest == digest.text else {
            throw .refused(
                status: 200, problem: "recording-digest-mismatch",
                detail: "it has other bytes: \(status.receivedDigest ?? "no digest")")
        }
        return SendResult(
            path: file.path, id: file.id.text, byteCount: file.byteCount, bytesSent: bytesSent,
            status: requests.url("/status"), media: requests.url("/media"),
            condition: status.condition?.rawValue, receivedDigest: status.receivedDigest)
    }

    private static func decode(_ body: Data) throws(SendError) -> RecordingStatus {
        do throws(Problem) {
            return try WireJSON.decode(RecordingStatus.self, from: [UInt8](body))
        } catch {
            throw .refused(status: 200, problem: "", detail: "its answer is no status document")
        }
    }
}

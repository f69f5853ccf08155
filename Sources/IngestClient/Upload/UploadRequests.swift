package import Foundation
internal import Wire

/// Jobs as requests of the protocol.
package struct UploadRequests: Sendable {
    private let outbox: Outbox
    private let server: URL
    private let applicationKey: String?

    package init(_ outbox: Outbox, server: URL, applicationKey: String? = nil) {
        self.outbox = outbox
        self.server = server
        self.applicationKey = applicationKey
    }

    /// Blocks: a chunk is read and checked, the whole's digest may have to be computed.
    package func request(_ job: UploadJob) throws(OutboxError) -> NetworkRequest {
        if case .report(let report) = job.kind { return self.request(report) }
        guard let recording = job.recording else {
            return NetworkRequest("GET", server.appending(path: "healthz"))
        }
        func url(_ rest: String = "") -> URL {
            server.appending(path: "recordings/\(recording.serverID)\(rest)")
        }
        var request: NetworkRequest
        switch job.kind {
        case .probe, .report, .status: request = NetworkRequest("GET", url("/status"))
        case .create:
            request = Self.json("PUT", url(), Self.creation(recording))
            if let applicationKey {
                request.fields.append((Names.applicationKey, applicationKey))
            }
        case .chunk(let chunk):
            request = NetworkRequest(
                "PUT", url("/chunks/\(chunk.offset)"),
                fields: [
                    (Names.chunkSequence, String(chunk.sequence)),
                    (Names.contentDigest, Checksums.contentDigest(crc32c: chunk.crc32c)),
                    (Names.contentType, MediaType.unknown),
                ], body: try outbox.bytes(of: chunk, recording))
        case .finalize:
            let digest = ContentDigest.sha256(try outbox.digest(of: recording.id))
            request = Self.json(
                "POST", url("/finalize"),
                FinalizeRequest(
                    length: recording.byteCount, chunkCount: recording.chunkCount,
                    digest: digest.text))
        }
        request.fields.append((Names.authorization, "Bearer \(recording.token)"))
        return request
    }

    private func request(_ report: OutboxReport) -> NetworkRequest {
        var fields = [(name: Names.contentType, value: DocumentTypes.json)]
        if let applicationKey { fields.append((Names.applicationKey, applicationKey)) }
        return NetworkRequest(
            "POST", server.appending(path: "telemetry"), fields: fields,
            body: report.body(sentAt: outbox.now()))
    }

    /// Always the same for one recording: a creation with another body is refused.
    private static func creation(_ recording: OutboxRecording) -> Creation {
        Creation(
            mediaType: recording.mediaType,
            startedAt: Timestamp.text(
                milliseconds: OutboxRecording.milliseconds(recording.startedAt)),
            title: recording.title, device: recording.device, replaces: recording.replaces)
    }

    private static func json(
        _ method: String, _ url: URL, _ document: some Encodable
    ) -> NetworkRequest {
        NetworkRequest(
            method, url, fields: [(Names.contentType, DocumentTypes.json)],
            body: Data(WireJSON.encode(document)))
    }
}

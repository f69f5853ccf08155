import Foundation
import IngestClient
import Recordings
import Wire

/// The protocol in memory: what a server would have, and would say.
final class ModelServer {
    struct Stored {
        var creation: [UInt8]
        var token: String
        var runs = ChunkRuns()
        var bytes: [Int64: Data] = [:]
        var finalized: FinalizeRequest?
        /// How often all of it became finalized; more than once would be a recording twice.
        var finalizeCount = 0

        var all: [UInt8] { bytes.sorted { $0.key < $1.key }.flatMap { [UInt8]($0.value) } }
    }

    var recordings: [String: Stored] = [:]
    /// Set: a closed server, which takes new recordings only with it, and tokens for the others.
    var applicationKey: String?
    var gone: [String: Problem.GoneReason] = [:]
    /// What devices told, each once, and how often something came again.
    var told: [String: TelemetryEvent] = [:]
    private(set) var repeatedCount = 0
    /// An event that this server will not have.
    var refusesKind: String?
    /// Every request in order, as `PUT /recordings/…`.
    private(set) var log: [String] = []

    func answer(_ request: NetworkRequest) -> NetworkAnswer {
        log.append("\(request.method) \(request.url.path)")
        do throws(Problem) {
            let route = try Route.parse(
                method: request.method, path: request.url.path, query: nil)
            if route == .telemetry { return try tell(request) }
            guard let id = route.recordingID?.text else { return Self.json(200, ["ok": true]) }
            if applicationKey != nil { try admit(id, request) }
            if let reason = gone[id] { throw .gone(reason: reason) }
            switch route {
            case .createRecording: return try create(id, request)
            case .chunk(_, let offset): return try take(id, offset, request)
            case .finalize: return try finalize(id, request)
            default: return status(id, try stored(id))
            }
        } catch {
            return NetworkAnswer(status: error.status, body: Data(error.body))
        }
    }

    private func tell(_ request: NetworkRequest) throws(Problem) -> NetworkAnswer {
        let batch = try TelemetryBatch.decode([UInt8](request.body ?? Data()))
        for (index, event) in batch.events.enumerated() where event.kind == refusesKind {
            throw .eventInvalid(index: index, event: event.id, detail: "No.")
        }
        for event in batch.events {
            if let known = told[event.id] {
                repeatedCount += 1
                // What has an id once never becomes something else.
                precondition(known == event)
            }
            told[event.id] = event
        }
        return NetworkAnswer(status: 202)
    }

    /// The sum of what was told of a kind, by member of its values.
    func sums(_ kind: TelemetryKind) -> [String: Int64] {
        var sums: [String: Int64] = [:]
        for event in told.values where event.known == kind {
            for (name, value) in event.values { sums[name, default: 0] += value.integer ?? 0 }
        }
        return sums
    }

    func count(_ kind: TelemetryKind) -> Int { told.values.count { $0.known == kind } }

    private func admit(_ id: String, _ request: NetworkRequest) throws(Problem) {
        func field(_ name: String) -> String? {
            request.fields.first { $0.name == name }?.value
        }
        guard let token = field(Names.authorization) else { throw .unauthorized(.credential) }
        if recordings[id]?.token == token { return }
        guard request.url.lastPathComponent == id else { throw .forbidden }
        guard let key = field(Names.applicationKey) else { throw .unauthorized(.applicationKey) }
        guard key == applicationKey else { throw .unauthorized(.validApplicationKey) }
        if recordings[id] != nil { throw .forbidden }
    }

    private func stored(_ id: String) throws(Problem) -> Stored {
        guard let stored = recordings[id] else { throw .notFound }
        return stored
    }

    private func create(_ id: String, _ request: NetworkRequest) throws(Problem) -> NetworkAnswer {
        let body = [UInt8](request.body ?? Data())
        _ = try Creation.decode(body)
        let isKnown = recordings[id] != nil
        guard recordings[id, default: Stored(creation: body, token: "")].creation == body else {
            throw .creationConflict
        }
        if !isKnown {
            let token = request.fields.first { $0.name == Names.authorization }?.value ?? ""
            recordings[id] = Stored(creation: body, token: token)
        }
        return Self.json(isKnown ? 200 : 201, ["id": id, "href": "/recordings/\(id)"])
    }

    private func take(
        _ id: String, _ offset: Int64, _ request: NetworkRequest
    ) throws(Problem) -> NetworkAnswer {
        var stored = try stored(id)
        let bytes = request.body ?? Data()
        func field(_ name: String) -> String {
            request.fields.first { $0.name == name }?.value ?? ""
        }
        let right = RightDigest.crc32c(bytes)
        guard field(Names.contentDigest) == right else { throw .digestMismatch(computed: right) }
        let offer = ChunkOffer(
            offset: offset, byteCount: Int64(bytes.count),
            sequence: Int64(field(Names.chunkSequence)) ?? -1)
        let limits = ChunkLimits(
            declaredLength: stored.finalized?.length, recordingBytesMax: .max / 2,
            windowBytesMax: 1 << 30)
        switch ChunkWrite.decide(offer, against: stored.runs, limits: limits) {
        case .accept:
            stored.runs.insert(
                offset..<(offset + Int64(bytes.count)), sequence: offer.sequence)
            stored.bytes[offset] = bytes
        case .compare(_, let new):
            guard new.isEmpty, stored.bytes[offset] == bytes else {
                throw .chunkConflict(
                    start: offset, end: offset + 1, storedDigest: "", receivedDigest: "")
            }
        case .sequenceMismatch(let expectedOffset, let expectedSequence):
            throw .sequenceMismatch(
                expectedOffset: expectedOffset, expectedSequence: expectedSequence)
        case .tooFarAhead(let prefix, let window):
            throw .tooFarAhead(windowBytes: window, prefix: prefix)
        case .tooLong(let length, let end): throw .lengthExceeded(length: length, end: end)
        case .recordingTooLarge(let limit): throw .recordingTooLarge(limitBytes: limit)
        case .empty: throw .chunkEmpty
        }
        recordings[id] = stored
        return NetworkAnswer(status: 201, recordingPrefix: stored.runs.prefix)
    }

    private func finalize(
        _ id: String, _ request: NetworkRequest
    ) throws(Problem) -> NetworkAnswer {
        var stored = try stored(id)
        let wish = try FinalizeRequest.decode([UInt8](request.body ?? Data()))
        guard stored.runs.prefix == wish.length else {
            throw .gaps(
                missing: stored.runs.gaps(in: 0..<wish.length), missingSequences: [])
        }
        if let finalized = stored.finalized, finalized != wish {
            throw .finalizeConflict(stored: finalized)
        }
        if stored.finalized == nil { stored.finalizeCount += 1 }
        stored.finalized = wish
        recordings[id] = stored
        return status(id, stored)
    }

    private func status(_ id: String, _ stored: Stored) -> NetworkAnswer {
        var status = RecordingStatus(
            id: RecordingID(id) ?? RecordingID(high: 0, low: 0), state: .recording,
            mediaType: "audio/ogg", createdAt: "")
        status.prefix = stored.runs.prefix
        status.bytes = stored.runs.byteCount
        status.gaps = stored.runs.gaps(in: 0..<stored.runs.end).map { WireRange($0) }
        if stored.finalized != nil {
            status.state = .finalized
            status.condition = .complete
            status.receivedDigest = ContentDigest.sha256(Checksums.sha256(stored.all)).text
        }
        return NetworkAnswer(
            status: 200, recordingPrefix: status.prefix, body: Data(status.json))
    }

    private static func json(_ status: Int, _ document: some Encodable) -> NetworkAnswer {
        NetworkAnswer(status: status, body: Data(WireJSON.encode(document)))
    }
}

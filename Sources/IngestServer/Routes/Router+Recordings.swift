internal import Recordings
internal import Transport
internal import Wire

extension Router {
    /// `POST /recordings/{id}/finalize`: 200 with the status once the artifact is published.
    func finalize(_ exchange: Exchange, _ id: RecordingID) async throws(Problem) -> Outcome {
        try JSONBody.check(exchange.head)
        switch await JSONBody.read(exchange) {
        case .failure(let outcome): return outcome
        case .success(let bytes):
            let request = try FinalizeRequest.decode(bytes)
            return .answer(Self.answer(try await store.finalize(id, request)))
        }
    }

    /// `GET /recordings/{id}/status`: how far it is, what is missing, what is wrong,
    /// and what its device told.
    func status(_ id: RecordingID) async throws(Problem) -> Answer {
        var status = try await store.status(id)
        status.client = await reports.report(id)
        return Self.answer(status)
    }

    /// `GET /recordings/{id}`: what the recording is, as the list shows it.
    func recording(_ id: RecordingID) async throws(Problem) -> Answer {
        .json(200, RecordingSummary(id, try await store.status(id)))
    }

    /// `GET /recordings?state=…&after=…&limit=…`: newest first.
    func list(_ query: ListQuery) async throws(Problem) -> Answer {
        let page = try await store.list(
            state: query.state, after: query.after, limit: query.limit)
        return .json(200, page)
    }

    /// `DELETE /recordings/{id}`: 204 however often.
    func delete(_ id: RecordingID) async throws(Problem) -> Answer {
        try await store.delete(id)
        return Answer(204)
    }

    private static func answer(_ status: RecordingStatus) -> Answer {
        .json(
            200, status,
            [
                (Names.recordingPrefix, String(status.prefix)),
                (Names.recordingNextSequence, String(status.nextSequence)),
            ])
    }
}

extension RecordingSummary {
    /// The same facts as in the list, from the status, which is never behind.
    init(_ id: RecordingID, _ status: RecordingStatus) {
        self.init(
            id: id, state: status.state, mediaType: status.mediaType,
            createdAt: status.createdAt)
        condition = status.condition
        title = status.title
        startedAt = status.startedAt
        updatedAt = status.timings.finalizedAt ?? status.timings.lastChunkAt
        bytes = status.bytes
        durationSeconds = status.media?.durationSeconds
        expiresAt = status.expiresAt
    }
}

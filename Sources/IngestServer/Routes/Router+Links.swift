internal import Recordings
internal import Transport
internal import Wire

extension Router {
    /// `POST /recordings/{id}/links`: paths that open media and waveform to whoever has them.
    func link(_ exchange: Exchange, _ id: RecordingID) async throws(Problem) -> Outcome {
        try JSONBody.check(exchange.head)
        switch await JSONBody.read(exchange) {
        case .failure(let outcome): return outcome
        case .success(let bytes):
            let request = try LinkRequest.decode(bytes)
            _ = try await store.status(id)
            return .answer(.json(200, access.links(id, seconds: request.seconds)))
        }
    }
}

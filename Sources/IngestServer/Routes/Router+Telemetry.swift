internal import Transport
internal import Wire

extension Router {
    /// `POST /telemetry`: 202 once every event of the batch is durable. A repeated event is none.
    func telemetry(
        _ exchange: Exchange, _ shown: Credential
    ) async throws(Problem) -> Outcome {
        try JSONBody.check(exchange.head)
        switch await JSONBody.read(exchange, bytesMax: TelemetryBatch.bytesMax) {
        case .failure(.answer(let answer)) where answer.status == 413:
            throw TelemetryBatch.tooLarge
        case .failure(let outcome): return outcome
        case .success(let bytes):
            try await reports.take(bytes) { id async in
                await self.access.mayReport(id, shown)
            }
            return .answer(Answer(202))
        }
    }
}

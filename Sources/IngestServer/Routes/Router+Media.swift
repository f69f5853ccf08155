internal import HTTP1
internal import Logging
internal import Posix
internal import Recordings
internal import Transport
internal import Wire

extension Router {
    /// `GET, HEAD /recordings/{id}/media`: the artifact, before finalize the prefix so far.
    func media(
        _ exchange: Exchange, _ id: RecordingID, asReceived: Bool
    ) async throws(Problem) -> Outcome {
        let view = try await store.media(id, asReceived: asReceived)
        let plan = try MediaPlan(exchange.head, view.representation)
        guard let range = plan.range else {
            return .answer(Self.answer(plan))
        }
        await exchange.beginStream(
            plan.status, plan.fields + cors.fields(exchange.head),
            byteCount: range.upperBound - range.lowerBound)
        if exchange.head.method != "HEAD" { await send(view, range, to: exchange) }
        return .streamed(status: plan.status)
    }

    /// 304, or 412.
    private static func answer(_ plan: MediaPlan) -> Answer {
        guard plan.status == 412 else { return Answer(plan.status, plan.fields) }
        var answer = Answer.problem(
            412, "Precondition Failed",
            "The media is not as the request expects it. Its entity tag is in ETag.")
        answer.fields += plan.fields.filter { $0.0 != Names.cacheControl }
        return answer
    }

    /// Once the head is out, an error can only be told by fewer bytes than promised: the
    /// transport closes the connection, and the client asks for the rest.
    private func send(_ view: MediaView, _ range: Range<Int64>, to exchange: Exchange) async {
        do {
            if let descriptor = view.file?.descriptor {
                let start = range.lowerBound + view.fileOffset
                try await exchange.send(
                    file: descriptor, range: start..<start + Int64(range.count))
            } else {
                try await copy(view, range, to: exchange)
            }
        } catch {
            logger.debug(
                "media ended early",
                metadata: ["path": "\(exchange.head.path)", "error": "\(error)"])
        }
    }

    private static let pieceBytes: Int64 = 64 << 10

    private func copy(
        _ view: MediaView, _ range: Range<Int64>, to exchange: Exchange
    ) async throws {
        var position = range.lowerBound
        while position < range.upperBound {
            let end = min(position + Self.pieceBytes, range.upperBound)
            let (sent, isFull) = try await copyPiece(view, position..<end, to: exchange)
            if sent == 0, !isFull { return }
            position += Int64(sent)
            if isFull { try await exchange.waitForRoom() }
        }
    }

    /// Sends what there is room for; nothing where the bytes end early. The piece's memory lives
    /// no longer than this: readers wait without, however slow and however many they are.
    private func copyPiece(
        _ view: MediaView, _ range: Range<Int64>, to exchange: Exchange
    ) async throws -> (sentBytes: Int, isFull: Bool) {
        let slab = Slab(byteCount: Int(range.upperBound - range.lowerBound))
        let count = try await view.read(into: slab.buffer, at: range.lowerBound)
        var sent = 0
        while sent < count {
            guard let step = try exchange.writeSome(slab.lend(sent..<count).buffer) else {
                return (sent, true)
            }
            sent += step
        }
        return (sent, false)
    }
}

extension MediaView {
    var representation: Representation {
        Representation(
            byteCount: byteCount, etag: etag, contentType: contentType, isInline: isServedInline,
            downloadName: downloadName, lastModified: lastModified / 1000)
    }
}

internal import Posix
internal import Recordings

/// Recordings that were published and of which it is not decided whether they came in time.
final class RecentPublications: Sendable {
    struct Arrival: Sendable {
        let id: RecordingID
        /// When the client asked for it, and when it was done; milliseconds since 1970.
        let requestedAt: Int64
        let publishedAt: Int64
    }

    private let list = Lock<[Arrival]>([])

    /// More than come in a minute; without a scrape the oldest are forgotten.
    private static let countMax = 100_000

    /// What is published again, for bytes that came late, has been counted before.
    func note(_ publication: Publication, _ id: RecordingID) {
        guard publication.revision == 1 else { return }
        list.withLock { list in
            if list.count >= Self.countMax { list.removeFirst(Self.countMax / 10) }
            list.append(
                Arrival(
                    id: id, requestedAt: publication.requestedAt,
                    publishedAt: publication.publishedAt))
        }
    }

    /// Takes out those that were published before `time`.
    func take(publishedBefore time: Int64) -> [Arrival] {
        list.withLock { list in
            let due = list.filter { $0.publishedAt < time }
            list.removeAll { $0.publishedAt < time }
            return due
        }
    }
}

internal import DurableLog
internal import Recordings
package import Telemetry
internal import Wire

/// What storage counts.
package final class StorageMetrics: Sendable {
    let registry: MetricsRegistry
    /// Whether they came in time is decided elsewhere.
    let publications = RecentPublications()
    let created: Counter
    let deleted: Counter
    let assemblyErrors: Counter
    let damagedPieces: Counter
    let copies: Counter
    let backgroundErrors: Counter
    let decodedSeconds: Gauge
    let undecodablePackets: Counter
    private let abandoned: Counter
    let expired: CounterFamily
    let expiredBytes: Counter
    let forgotten: Counter
    let retentionErrors: Counter
    let refusals: CounterFamily
    private let stored: Counter
    private let replayed: Counter
    private let storedBytes: Counter
    private let replayedBytes: Counter
    private let rejected: CounterFamily
    private let complete: Counter
    private let damaged: Counter
    private let stopToPlayable: Histogram

    package init(_ registry: MetricsRegistry) {
        self.registry = registry
        created = registry.counter(
            "holdfast_recordings_created_total", "Recordings created.")
        deleted = registry.counter(
            "holdfast_recordings_deleted_total", "Recordings deleted.")
        assemblyErrors = registry.counter(
            "holdfast_assembly_errors_total",
            "Failures to move bytes home; the bytes stay in the log and are tried again.")
        damagedPieces = registry.counter(
            "holdfast_damaged_pieces_total",
            "Pieces whose checksum in the log was wrong; clients are asked for them again.")
        copies = registry.counter(
            "holdfast_copies_total",
            "Recordings rewritten in the background because they could not be finished in place.")
        backgroundErrors = registry.counter(
            "holdfast_background_errors_total",
            "Failures of work on published recordings; it is tried again.")
        abandoned = registry.counter(
            "holdfast_retention_finalized_total",
            "Abandoned recordings that retention finalized with what they had.")
        expired = CounterFamily(
            registry, "holdfast_retention_expired_total",
            "Recordings that expired, by rule: finalized, or empty (they never got a byte).",
            labelNames: ["rule"])
        expiredBytes = registry.counter(
            "holdfast_retention_expired_bytes_total", "Received bytes of expired recordings.")
        forgotten = registry.counter(
            "holdfast_retention_forgotten_total",
            "Deleted and expired recordings of which nothing is kept any more.")
        retentionErrors = registry.counter(
            "holdfast_retention_errors_total",
            "What retention could not do; it is tried again.")
        refusals = CounterFamily(
            registry, "holdfast_admission_refusals_total",
            "Creations and chunks refused before harm was done, by cause.",
            labelNames: ["cause"])
        undecodablePackets = registry.counter(
            "holdfast_undecodable_packets_total", "Packets of sound that could not be decoded.")
        let decoded = Gauge()
        decodedSeconds = decoded
        registry.counter(
            "holdfast_decoded_seconds_total", "Seconds of sound decoded for proof and waveforms."
        ) { Int(decoded.value) }
        let chunks = "holdfast_chunks_total"
        let chunksHelp = "Chunks acknowledged, by whether their bytes were new."
        stored = registry.counter(chunks, chunksHelp, labels: [("outcome", "stored")])
        replayed = registry.counter(chunks, chunksHelp, labels: [("outcome", "replayed")])
        let bytes = "holdfast_chunk_bytes_total"
        let bytesHelp = "Bytes of acknowledged chunks, by whether they were new."
        storedBytes = registry.counter(bytes, bytesHelp, labels: [("outcome", "stored")])
        replayedBytes = registry.counter(bytes, bytesHelp, labels: [("outcome", "replayed")])
        rejected = CounterFamily(
            registry, "holdfast_chunks_rejected_total", "Chunks refused, by problem type.",
            labelNames: ["reason"])
        let arrived = "holdfast_recordings_finalized_total"
        let arrivedHelp = "Recordings published, by whether all of them arrived."
        complete = registry.counter(arrived, arrivedHelp, labels: [("condition", "complete")])
        damaged = registry.counter(arrived, arrivedHelp, labels: [("condition", "damaged")])
        stopToPlayable = registry.histogram(
            "holdfast_stop_to_playable_seconds",
            "From the arrival of finalize to the durable publication.")
    }

    func count(_ isReplay: Bool, bytes: Int) {
        (isReplay ? replayed : stored).add(1)
        (isReplay ? replayedBytes : storedBytes).add(bytes)
    }

    func countDamaged(_ pieces: Int) { damagedPieces.add(pieces) }

    func countRejected(_ problem: Problem) {
        let reason = problem.type.split(separator: "/").last.map(String.init) ?? problem.type
        rejected[reason].add(1)
    }

    func published(_ publication: Publication, _ id: RecordingID) {
        publications.note(publication, id)
        (publication.isDamaged ? damaged : complete).add(1)
        if publication.isAbandoned == true { abandoned.add(1) }
        stopToPlayable.observe(publication.stopToPlayableMilliseconds / 1e3)
    }

    /// Gauges that read the store itself; called once, when it is open.
    func watch(_ store: RecordingStore) {
        registry.gauge(
            "holdfast_checkpoint_lag_bytes", "Bytes acknowledged and not yet in a checkpoint."
        ) { [weak store] in Double(store?.assembler.lag ?? 0) }
        registry.gauge(
            "holdfast_background_queue", "Published recordings that wait for background work."
        ) { [weak store] in Double(store?.background.count ?? 0) }
        registry.gauge(
            "holdfast_disk_low", "1 while new bytes are refused for want of disk space."
        ) { [weak store] in store?.assembler.isDiskLow == true ? 1 : 0 }
        registry.gauge(
            "holdfast_promised_bytes", "Bytes that open recordings are expected to need yet."
        ) { [weak store] in Double(store?.admission.promisedBytes ?? 0) }
        registry.gauge(
            "holdfast_disk_room_bytes",
            "Bytes of the disk beyond the reserve and what is to move, at the last look."
        ) { [weak store] in Double(store?.assembler.roomBytes ?? 0) }
        registry.gauge("holdfast_open_recordings", "Recordings that still take chunks.") {
            [weak store] in Double(store?.admission.openCount ?? 0)
        }
        registry.gauge("holdfast_chunks_in_flight", "Chunks that wait for the log.") {
            [weak store] in Double(store?.admission.chunksInFlight ?? 0)
        }
        for (name, phase) in [("recording", Phase.recording), ("finalizing", .finalizing)] {
            registry.gauge(
                "holdfast_recordings", "Recordings in memory, by state.",
                labels: [("state", name)]
            ) { [weak store] in Double(store?.count { $0 == phase } ?? 0) }
        }
        registry.gauge("holdfast_log_live_segments", "Segments with bytes not yet home.") {
            [weak store] in Double(store?.log.state.segmentsLive ?? 0)
        }
        registry.gauge("holdfast_log_free_segments", "Segments ready to be written.") {
            [weak store] in Double(store?.log.state.segmentsFree ?? 0)
        }
        registry.gauge("holdfast_log_live_bytes", "Bytes of segments that are in use.") {
            [weak store] in Double(store?.log.state.bytesLive ?? 0)
        }
        registry.gauge("holdfast_log_bytes_max", "The limit of the log.") {
            [weak store] in Double(store?.log.state.bytesMax ?? 0)
        }
    }
}

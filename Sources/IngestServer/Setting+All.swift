extension Setting {
    /// Every key, in the order of help and example file.
    package static let all: [Setting] =
        service + access + tls + connections + chunks + log + checkpoints + admission + retention
        + background + reports

    package static func named(_ key: String) -> Setting? { all.first { $0.key == key } }

    /// Lengths and counts end here: four times what any disk of today holds.
    private static let most = 1 << 50

    private static let service = [
        text("listen", "address:port", \.listen, "Where it listens. Port 0 takes a free one."),
        text("data", "path", \.data, "The folder of everything it keeps. One server a folder."),
        text(
            "logLevel", "level", \.logLevel,
            "What it logs: trace, debug, info, notice, warning, error or critical."),
        number(
            "loops", "threads", \.loops, 0...1024,
            "Event loops that serve connections. 0 takes one a core."),
        number(
            "drainSeconds", "seconds", \.drainSeconds, 0...3600,
            "How long requests under way may take to end after SIGTERM."),
    ]

    private static let access = [
        flag(
            "open", \.access.open,
            "Whether everyone may do everything, without keys. Only for listeners on loopback."),
        number(
            "recordingTokenDays", "days", \.access.recordingTokenDays, 1...36_500,
            "How long a recording's token is good after bytes of it came last. It must outlive "
                + "the time that a recorder may be without a network."),
        text(
            "corsOrigins", "none, local, * or origins", \.access.corsOrigins,
            "Whose pages may call the server from a browser: none; local, those that come from "
                + "this machine, whatever the port; * everyone's; or a list with blanks between, "
                + "https://app.example.org say. They need keys and tokens all the same."),
    ]

    private static let tls = [
        text(
            "tlsCertificate", "path or none", \.tls.tlsCertificate,
            "The server's certificate in PEM, its issuers' behind it. With it, connections speak "
                + "TLS alone. SIGHUP reads it again."),
        text("tlsKey", "path or none", \.tls.tlsKey, "The certificate's key in PEM."),
        text(
            "tlsClientCa", "path or none", \.tls.tlsClientCa,
            "Certificates of authorities in PEM: clients show a certificate of one of them."),
        flag(
            "tlsClientRequired", \.tls.tlsClientRequired,
            "Whether a client without a certificate is turned away where tlsClientCa is set."),
        number(
            "tlsHandshakeTimeoutSeconds", "seconds", \.tls.tlsHandshakeTimeoutSeconds, 1...3600,
            "A new connection must have shaken hands after this long."),
        flag(
            "plainAllowed", \.tls.plainAllowed,
            "Whether plain HTTP may be served to other machines. Set it where something in front "
                + "of the server ends TLS."),
    ]

    private static let connections = [
        number(
            "connectionsMax", "connections", \.connections.connectionsMax, 1...1_000_000,
            "Connections open at once. Further ones are answered 503. Lowered where the process "
                + "may not have that many descriptors."),
        number(
            "connectionsPerAddressMax", "connections",
            \.connections.connectionsPerAddressMax, 1...1_000_000,
            "Connections of one address (IPv6: of one /64). Further ones are answered 503. Behind "
                + "a proxy all have the proxy's address."),
        number(
            "headTimeoutSeconds", "seconds", \.connections.headTimeoutSeconds, 1...3600,
            "A request's head must be here this long after its first byte."),
        number(
            "idleTimeoutSeconds", "seconds", \.connections.idleTimeoutSeconds, 1...86_400,
            "A connection without a request is closed after this long."),
        number(
            "writeTimeoutSeconds", "seconds", \.connections.writeTimeoutSeconds, 1...3600,
            "A client that takes no byte of its answer for this long is cut off."),
        number(
            "bodyBytesPerSecondMin", "bytes per second", \.connections.bodyBytesPerSecondMin,
            0...most, "A body must come at least this fast on average. 0 lets it trickle."),
        number(
            "bodyBytesInFlightMax", "bytes", \.connections.bodyBytesInFlightMax, 1...most,
            "Memory for bodies of all connections; an address, also a proxy's, may hold three "
                + "times what it leaves free. Without room a connection waits its turn, and bodies "
                + "that keep others waiting must be whole within 10 seconds."),
        number(
            "lingerBytesMax", "bytes", \.connections.lingerBytesMax, 0...most,
            "Read and dropped after a refusal, so that the client sees the answer."),
        number(
            "lingerSeconds", "seconds", \.connections.lingerSeconds, 0...60,
            "How long that may take."),
        number(
            "headBytesMax", "bytes", \.connections.headBytesMax, 1024...1 << 20,
            "A request's head, all its fields included."),
        number(
            "fieldCountMax", "fields", \.connections.fieldCountMax, 1...1000,
            "Fields in a request's head."),
        number(
            "targetBytesMax", "bytes", \.connections.targetBytesMax, 128...1 << 20,
            "Path and query of a request."),
    ]

    private static let chunks = [
        number(
            "chunkBytesMax", "bytes", \.chunks.chunkBytesMax, 1...1 << 30,
            "One chunk. At most a quarter of segmentBytes."),
        number(
            "recordingBytesMax", "bytes", \.chunks.recordingBytesMax, 1...most,
            "One recording."),
        number(
            "windowBytesMax", "bytes", \.chunks.windowBytesMax, 1...most,
            "How far beyond the first gap a chunk may lie."),
        flag(
            "digestRequired", \.chunks.digestRequired,
            "Whether a chunk without Content-Digest is refused."),
    ]

    private static let log = [
        number(
            "segmentBytes", "bytes", \.log.segmentBytes, 16 << 20...1 << 32,
            "One segment file of the log, written once and then recycled."),
        number(
            "logPoolBytes", "bytes", \.log.logPoolBytes, 0...most,
            "Segments written ahead at the first start, so that bursts find them ready."),
        number(
            "logBytesMax", "bytes", \.log.logBytesMax, 1...most,
            "The whole log. When it is full, chunks are answered 503."),
        number(
            "logReserveBytes", "bytes", \.log.logReserveBytes, 0...most,
            "The last part of the log, kept for finalize and delete."),
        number(
            "commitBytesMax", "bytes", \.log.commitBytesMax, 1 << 20...1 << 30,
            "What one sync of the log covers at most."),
    ]

    private static let checkpoints = [
        number(
            "checkpointIntervalSeconds", "seconds",
            \.checkpoints.checkpointIntervalSeconds, 1...3600,
            "How long stored bytes may wait in the log before they move to the recording's file."),
        number(
            "checkpointBytes", "bytes", \.checkpoints.checkpointBytes, 1...most,
            "How much of a recording moves in one turn."),
        number(
            "diskReserveBytes", "bytes", \.checkpoints.diskReserveBytes, 0...most,
            "New bytes are refused while the disk has less free than this and what is to move."),
    ]

    private static let admission = [
        number(
            "openRecordingsMax", "recordings", \.admission.openRecordingsMax, 0...10_000_000,
            "Recordings that may take chunks at once. Further ones are answered 503. 0: no limit."
        ),
        number(
            "openRecordingsPerCallerMax", "recordings",
            \.admission.openRecordingsPerCallerMax, 0...10_000_000,
            "Those that one application key created or, without keys, one address since the start. "
                + "Further ones are answered 429. 0: no limit."),
        number(
            "promisedPercentPerCallerMax", "percent",
            \.admission.promisedPercentPerCallerMax, 1...100,
            "How much of the room that is left one application key or, without keys, one address "
                + "may have promised to its recordings. Further ones are answered 429."),
        number(
            "creationsPerMinuteMax", "recordings per minute",
            \.admission.creationsPerMinuteMax, 0...10_000_000,
            "How fast one application key or, without keys, one address may create recordings; as "
                + "many may come at once. Further ones are answered 429. 0: no limit."),
        number(
            "chunksInFlightMax", "chunks", \.admission.chunksInFlightMax, 0...1_000_000,
            "Chunks that may wait for the log. Further ones are answered 503. 0: no limit."),
        number(
            "chunksInFlightPerRecordingMax", "chunks",
            \.admission.chunksInFlightPerRecordingMax, 0...1_000_000,
            "Those of one recording. Further ones are answered 429. 0: no limit."),
        number(
            "expectedBytes", "bytes", \.admission.expectedBytes, 0...most,
            "What a recording is taken to need whose creation does not say. A creation for which "
                + "the disk has no room beside diskReserveBytes and what others need yet is "
                + "answered 507."),
    ]

    private static let retention = [
        number(
            "abandonedHours", "hours", \.retention.abandonedHours, 0...87_600,
            "An open recording to which no byte came for so long is finalized with what it has. "
                + "What comes later is still taken. 0: never."),
        number(
            "emptyHours", "hours", \.retention.emptyHours, 0...87_600,
            "A recording that has never got a byte expires so long after its creation. 0: never."),
        number(
            "finalizedDays", "days", \.retention.finalizedDays, 0...36_500,
            "A finalized recording expires so long after its last publication: its bytes are "
                + "deleted. 0: never."),
        number(
            "tombstoneDays", "days", \.retention.tombstoneDays, 0...36_500,
            "How long it is remembered that a recording was deleted or expired. A device that "
                + "was away for longer sends it again. 0: for ever."),
        number(
            "retentionIntervalSeconds", "seconds", \.retention.retentionIntervalSeconds,
            1...86_400,
            "How often those rules are looked at, a few recordings at a time."),
    ]

    private static let background = [
        flag(
            "decodeProof", \.decodeProof,
            "Whether finished recordings' Opus sound is decoded when nothing else is to do: it "
                + "proves the sound and yields waveform and loudness.")
    ]

    private static let reports = [
        number(
            "arrivalSeconds", "seconds", \.reports.arrivalSeconds, 1...86_400,
            "A recording counts as arrived in time when it is finalized this long after its "
                + "client's stop."),
        number(
            "telemetryEventsMax", "events", \.reports.telemetryEventsMax, 1...100_000_000,
            "Events of clients that are kept, about 400 bytes each. The oldest go first."),
        number(
            "telemetryDaysMax", "days", \.reports.telemetryDaysMax, 1...36_500,
            "How long they are kept. One that is sent again later would count again."),
    ]

    private static func text(
        _ key: String, _ unit: String, _ path: any WritableKeyPath<Settings, String> & Sendable,
        _ meaning: String
    ) -> Setting {
        Setting(key: key, unit: unit, meaning: meaning, value: .text(path))
    }

    private static func flag(
        _ key: String, _ path: any WritableKeyPath<Settings, Bool> & Sendable, _ meaning: String
    ) -> Setting {
        Setting(key: key, unit: "true or false", meaning: meaning, value: .flag(path))
    }

    private static func number(
        _ key: String, _ unit: String, _ path: any WritableKeyPath<Settings, Int> & Sendable,
        _ range: ClosedRange<Int>, _ meaning: String
    ) -> Setting {
        Setting(key: key, unit: unit, meaning: meaning, value: .number(path, range))
    }
}

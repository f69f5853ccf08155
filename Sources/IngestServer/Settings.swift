/// Everything that can be set, with its default. `Setting.all` names each as a flat key for
/// file, environment and flags. Lengths are bytes, times whole seconds.
package struct Settings: Equatable, Sendable {
    package var listen = "127.0.0.1:8080"
    package var data = "holdfast-data"
    package var logLevel = "info"
    package var loops = 0
    package var drainSeconds = 10

    package var access = Access()
    package var tls = TLS()
    package var connections = Connections()
    package var chunks = Chunks()
    package var log = Log()
    package var checkpoints = Checkpoints()
    package var admission = AdmissionLimits()
    package var retention = Retention()
    package var decodeProof = true
    package var reports = Reports()

    package init() {}

    /// Who may.
    package struct Access: Equatable, Sendable {
        package var open = false
        package var recordingTokenDays = 90
        package var corsOrigins = "local"
    }

    /// How connections are secured. A path of "none" is none.
    package struct TLS: Equatable, Sendable {
        package var tlsCertificate = "none"
        package var tlsKey = "none"
        package var tlsClientCa = "none"
        package var tlsClientRequired = true
        package var tlsHandshakeTimeoutSeconds = 10
        package var plainAllowed = false
    }

    /// What one connection may do, and all of them together.
    package struct Connections: Equatable, Sendable {
        package var connectionsMax = 10_000
        package var connectionsPerAddressMax = 8_000
        package var headTimeoutSeconds = 10
        package var idleTimeoutSeconds = 60
        package var writeTimeoutSeconds = 30
        package var bodyBytesPerSecondMin = 1 << 10
        package var bodyBytesInFlightMax = 256 << 20
        package var lingerBytesMax = 1 << 20
        package var lingerSeconds = 2
        package var headBytesMax = 16 << 10
        package var fieldCountMax = 100
        package var targetBytesMax = 8 << 10
    }

    /// What a client may send.
    package struct Chunks: Equatable, Sendable {
        package var chunkBytesMax = 4 << 20
        package var recordingBytesMax = 64 << 30
        package var windowBytesMax = 256 << 20
        package var digestRequired = true
    }

    /// The chunk log on disk.
    package struct Log: Equatable, Sendable {
        package var segmentBytes = 64 << 20
        package var logPoolBytes = 256 << 20
        package var logBytesMax = 4 << 30
        package var logReserveBytes = 64 << 20
        package var commitBytesMax = 16 << 20
    }

    /// How long what is kept. 0: for ever.
    package struct Retention: Equatable, Sendable {
        package var abandonedHours = 72
        package var emptyHours = 168
        package var finalizedDays = 0
        package var tombstoneDays = 365
        package var retentionIntervalSeconds = 60
    }

    /// How bytes move from the log to the recordings' own files.
    package struct Checkpoints: Equatable, Sendable {
        package var checkpointIntervalSeconds = 10
        package var checkpointBytes = 16 << 20
        package var diskReserveBytes = 256 << 20
    }

    /// What clients tell of themselves.
    package struct Reports: Equatable, Sendable {
        package var arrivalSeconds = 60
        package var telemetryEventsMax = 200_000
        package var telemetryDaysMax = 30
    }
}

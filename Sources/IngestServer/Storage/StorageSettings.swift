package import DurableLog
internal import Wire

/// What storage may use. Lengths in bytes.
package struct StorageSettings: Sendable {
    /// The data folder.
    package var folder: String
    /// SQLite's file; it does not go through the file system seam.
    package var catalogPath: String
    package var log: ChunkLog.Settings
    package var recordingBytesMax: Int64 = 64 << 30
    /// How far from the prefix a chunk may begin.
    package var windowBytesMax: Int64 = 256 << 20
    /// How long acknowledged bytes may wait in the log before they move home.
    package var checkpointInterval: Duration = .seconds(10)
    /// How long after a failure to move bytes or to publish it is tried again.
    package var retryInterval: Duration = .seconds(1)
    /// How much of a recording moves in one turn.
    package var checkpointBytes = 16 << 20
    /// New bytes are refused while the disk has less room than this beyond what is promised.
    package var diskReserveBytes: Int64 = 256 << 20

    package var retention = RetentionRules()
    package var admission = AdmissionLimits()

    /// Whether the sound of finished recordings is decoded, for proof, waveform and loudness.
    package var decodesSound = true
    /// Whether work on published recordings gets only time that nobody else wants.
    package var worksWhenIdle = true

    package init(folder: String, log: ChunkLog.Settings) {
        self.folder = folder
        catalogPath = folder + "/catalog.sqlite"
        self.log = log
    }

    /// Bytes kept free before the first received byte, for a finished file's head.
    func headBytes(for creation: Creation) -> Int64 {
        creation.media?.container == .webm ? 4096 : 0
    }
}

/// When recordings are let go of, in milliseconds; nil: never.
package struct RetentionRules: Sendable, Equatable {
    /// An open recording to which no byte came for so long is finalized with what it has.
    package var abandonedAfter: Int64?
    /// One that never got a byte expires.
    package var emptyAfter: Int64?
    /// A finalized one expires so long after its last publication.
    package var finalizedFor: Int64?
    /// The fact that a recording was deleted or expired is forgotten.
    package var tombstonesFor: Int64?
    /// How often the rules are looked at.
    package var interval: Duration = .seconds(60)

    package init() {}
}

/// Wall-clock time, injected for tests.
package struct WallClock: Sendable {
    /// Milliseconds since 1970.
    package let milliseconds: @Sendable () -> Int64

    package init(_ milliseconds: @escaping @Sendable () -> Int64) {
        self.milliseconds = milliseconds
    }
}

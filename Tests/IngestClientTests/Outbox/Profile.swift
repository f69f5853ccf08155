import Foundation
import IngestClient
import Synchronization
import TestKit

/// A profile folder in memory, with a wall clock that only moves when told.
final class Profile: Sendable {
    let folder = TemporaryFolder("profile", inMemory: true)
    let clock = WallClock()
    var path: String { folder.path }

    final class WallClock: Sendable {
        private let seconds = Mutex(1_790_000_000.0)
        var now: Date { Date(timeIntervalSince1970: seconds.withLock { $0 }) }
        func advance(seconds more: Double) { seconds.withLock { $0 += more } }
    }

    static let limits = OutboxLimits(
        quotaBytes: 1 << 20, quotaWarningBytes: 600_000, freeDiskBytesMin: 0, chunkBytesMax: 1000,
        graceSeconds: 100, telemetryEventsMax: 0)
    /// The same, and the server is told what happens.
    static let telling: OutboxLimits = {
        var limits = Profile.limits
        limits.telemetryEventsMax = 1000
        return limits
    }()

    func open(_ limits: OutboxLimits = Profile.limits) throws(OutboxError) -> Outbox {
        let clock = clock
        return try Outbox(folder: path, limits: limits) { clock.now }
    }

    /// All bytes of a recording's file.
    func media(_ recording: OutboxRecording) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: recording.mediaPath)))
    }
}

extension Outbox {
    /// A finished recording of `bytes`, cut into chunks of so many.
    func add(
        _ bytes: [UInt8], chunkBytes: Int = 1000, _ policy: SendPolicy = .now,
        mediaType: String = "video/webm"
    ) throws(OutboxError) -> OutboxRecording {
        let open = try begin(NewRecording(mediaType: mediaType, sendPolicy: policy))
        var rest = bytes[...]
        while !rest.isEmpty {
            try open.append(Array(rest.prefix(chunkBytes)))
            rest = rest.dropFirst(chunkBytes)
            try open.cutChunk()
        }
        return try open.finish()
    }
}

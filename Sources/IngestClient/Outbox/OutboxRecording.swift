public import Foundation

/// Where a recording is in its life on this machine.
public enum OutboxState: String, Sendable, Codable, CaseIterable {
    /// It is being recorded, and sent at the same time unless it is to wait.
    case recording
    /// It is complete and waits to be sent.
    case pending
    /// It is being sent.
    case uploading
    /// The server has confirmed every byte.
    case sent
    /// Automatic retries are used up: it goes on by `retry`, or by itself when the server is back.
    case parked
    /// It stays here until someone says to send it.
    case kept
    /// It cannot be sent as it is. `reason` says why; the file is kept.
    case failed
}

/// When a recording is sent.
public enum SendPolicy: Sendable, Equatable {
    /// While it is recorded.
    case now
    /// Not before someone says so: `Outbox.sendNow`.
    case recordOnly
    /// From this time on.
    case sendAt(Date)
}

/// What a recording will be.
public struct NewRecording: Sendable {
    /// `audio/ogg`, say; it also tells the ending of the file's name.
    public var mediaType: String
    /// For people; at most 500 bytes.
    public var title: String?
    /// When it began.
    public var startedAt: Date
    /// When it is sent.
    public var sendPolicy: SendPolicy
    /// What recorded it.
    public var device: String?
    /// It is Ogg and every chunk ends where a page ends: after a crash a torn last page goes.
    public var isCutAtOggPages = false
    /// The recording that this one was made from by an edit.
    public var editOf: String?

    /// One that is sent while it is recorded, unless told otherwise.
    public init(
        mediaType: String, title: String? = nil, startedAt: Date = Date(),
        sendPolicy: SendPolicy = .now
    ) {
        self.mediaType = mediaType
        self.title = title
        self.startedAt = startedAt
        self.sendPolicy = sendPolicy
    }
}

/// What the outbox knows of one recording.
public struct OutboxRecording: Sendable, Equatable {
    /// A UUID, lower case; it never changes.
    public let id: String
    /// Where it is in its life.
    public internal(set) var state: OutboxState
    /// As it was begun.
    public let mediaType: String
    /// For people.
    public let title: String?
    /// What recorded it.
    public let device: String?
    /// When it began, by this machine's clock.
    public let startedAt: Date
    /// When it is sent.
    public internal(set) var sendPolicy: SendPolicy
    /// The recording that this one was made from by an edit.
    public let editOf: String?
    /// The media file; it is gone when `hasLocalCopy` is false.
    public internal(set) var mediaPath: String
    /// Whether the media file is still here.
    public internal(set) var hasLocalCopy = true
    /// The bytes that are cut into chunks: what is safe.
    public internal(set) var byteCount: Int64 = 0
    /// The chunks so far; the next one has this sequence.
    public internal(set) var chunkCount: Int64 = 0
    /// In seconds, as far as the recorder has told.
    public internal(set) var durationSeconds: Double?
    /// Why it ended other than by a stop: "the disk is full", say.
    public internal(set) var endReason: String?
    /// The recording's id on the server; another than `id` once it was sent again as a new one.
    public internal(set) var serverID: String
    /// The bytes that the server has confirmed, as last written down.
    public internal(set) var acknowledgedBytes: Int64 = 0
    /// Automatic retries since something last went well.
    public internal(set) var attempts: Int = 0
    /// What went wrong last.
    public internal(set) var lastError: String?
    /// Why it is parked or failed: a sentence.
    public internal(set) var reason: String?
    /// Parked until someone decides; otherwise it goes on by itself when the server is back.
    public internal(set) var needsUser = false
    /// When it was parked.
    public internal(set) var parkedAt: Date?
    /// When the server had confirmed all of it.
    public internal(set) var sentAt: Date?
    /// `complete` or `damaged`, as the server found it.
    public internal(set) var condition: String?

    /// The media file's name in the folder `media`.
    var fileName: String
    let isCutAtOggPages: Bool
    /// SHA-256 of the whole; nil before it ended or when it must be computed from the file.
    var digest: [UInt8]?
    /// The secret that will open the recording on the server: 256 random bits.
    package let token: String
    /// The id of an expired recording on the server that `serverID` is sent again for.
    var replaces: String?
    /// The first step of a delete has been taken.
    var isDeleting = false
}

/// A chunk as it was cut: durable here, and never cut otherwise again.
package struct OutboxChunk: Sendable, Equatable {
    package let sequence: Int64
    package let offset: Int64
    package let byteCount: Int64
    package let crc32c: UInt32

    package var range: Range<Int64> { offset..<(offset + byteCount) }
}

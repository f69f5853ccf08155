/// How a recording is made.
public struct RecorderOptions: Sendable {
    /// For people; at most 500 bytes.
    public var title: String?
    /// When it is sent.
    public var sendPolicy: SendPolicy = .now
    /// What recorded it, for people.
    public var device: String?
    /// The media type of an encoded stream; nil tells it by the first bytes.
    public var mediaType: String?
    /// A chunk is cut when its first byte is so old.
    public var chunkInterval: Duration = .seconds(1)
    /// A chunk is cut as soon as it has so many bytes.
    public var chunkBytes = 256 << 10
    /// Of the encoded sound, in bits per second: 6,000 to 510,000. Nil: 48,000 for one channel,
    /// 96,000 for two.
    public var bitrate: Int?
    /// How hard the encoder tries: 0 is the fastest, 10 the best.
    public var complexity = 9

    /// The defaults above.
    public init() {}
}

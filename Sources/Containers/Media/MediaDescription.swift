/// What a recording holds, as far as it was read.
package struct MediaDescription: Sendable, Equatable, Codable {
    /// `webm`, `ogg`, `mp4` or `unknown`.
    package var container: String
    /// The EBML DocType (`webm`, `matroska`); nil in other containers.
    package var docType: String?
    /// The latest end over all tracks. Nil without media.
    package var durationMilliseconds: Double?
    package var tracks: [Track]
    /// Entries of the index that the finished file gets.
    package var cues: Int

    package init(container: String) {
        self.container = container
        docType = nil
        durationMilliseconds = nil
        tracks = []
        cues = 0
    }

    package struct Track: Sendable, Equatable, Codable {
        package enum Kind: String, Sendable, Codable {
            case audio, video, other
        }

        /// The container's number for it: the track number (WebM), the serial number (Ogg).
        package var number: UInt64
        package var kind: Kind
        /// The container's name of the codec (`V_VP8`, `A_OPUS`; for Ogg `opus`, `vorbis`…).
        package var codec: String
        package var frames: Int64
        package var keyFrames: Int64
        /// Bytes of the frames' payloads.
        package var bytes: Int64
        package var width: Int?
        package var height: Int?
        /// In hertz.
        package var sampleRate: Double?
        package var channels: Int?
        /// What an Opus stream asks to be added when it is played, in decibels; nil is nothing.
        package var outputGain: Double?
        /// The container compresses or encrypts the frames: they are not the codec's as they are.
        package var isEncoded: Bool?
        package var firstMilliseconds: Double?
        /// The timestamp of the last frame, not its end.
        package var lastMilliseconds: Double?

        package init(number: UInt64, kind: Kind, codec: String) {
            self.number = number
            self.kind = kind
            self.codec = codec
            frames = 0
            keyFrames = 0
            bytes = 0
        }
    }
}

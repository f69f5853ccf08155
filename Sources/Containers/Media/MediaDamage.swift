/// One thing wrong with the received bytes. What is whole around it plays.
package struct MediaDamage: Sendable, Equatable, Codable {
    package enum Kind: String, Sendable, Codable {
        /// Not one byte was received.
        case empty
        /// A header without a single frame after it.
        case noMedia
        /// No container known here begins like this.
        case unreadable
        /// An element or page broke off in the middle of the recording.
        case torn
        /// The last element or page is incomplete, and left out.
        case truncatedTail
        /// The recorder did not get to write the mark that ends its recording: what it had not
        /// handed over yet is lost.
        case endMissing
        /// Bytes that were never received.
        case hole
        /// A checksum does not match its bytes.
        case badChecksum
        /// Page numbers jump.
        case missingPage
        /// Timestamps go backwards.
        case timeReversed
        /// The bytes are of another container than the declared media type.
        case mistyped
        /// Packets that no decoder of their codec takes.
        case undecodable
        /// A second recording begins in the middle.
        case spliced
        /// More damage than is listed.
        case more
    }

    package var kind: Kind
    /// Where in the received bytes.
    package var offset: Int64?
    /// The received bytes that are lost to the artifact.
    package var byteCount: Int64?
    /// Where on the recording's timeline.
    package var timeMilliseconds: Double?
    /// One sentence for a person.
    package var detail: String

    package init(
        _ kind: Kind, offset: Int64? = nil, byteCount: Int64? = nil,
        timeMilliseconds: Double? = nil, detail: String
    ) {
        self.kind = kind
        self.offset = offset
        self.byteCount = byteCount
        self.timeMilliseconds = timeMilliseconds
        self.detail = detail
    }
}

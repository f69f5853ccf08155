/// Bytes of a recording that are replaced in place, as many by as many.
package struct Edit: Equatable, Sendable {
    /// Where, in the received bytes.
    package var offset: Int64
    package var bytes: [UInt8]

    package init(offset: Int64, bytes: [UInt8]) {
        self.offset = offset
        self.bytes = bytes
    }

    /// The received bytes that it covers.
    package var range: Range<Int64> { offset..<offset + Int64(bytes.count) }
}

/// The finished file: `head`, then the received bytes `start..<end` with the edits made, then
/// `index`.
package struct Artifact: Equatable, Sendable {
    /// Ends right where `start` begins, so it covers the reserved head and the received bytes
    /// below `start`, at most; empty when the first received byte begins the artifact.
    package var head: [UInt8]
    /// The first received byte that belongs to the artifact.
    package var start: Int64
    /// One past the last received byte that belongs to the artifact.
    package var end: Int64
    /// What follows `end`: the WebM cues; empty for most others.
    package var index: [UInt8]
    package var description: MediaDescription
    package var damage: [MediaDamage]
    /// What a person should know of the finished file beside its damage: tags that stand in the
    /// place of lost ones, say.
    package var notes: [String] = []
    /// Why the file cannot be finished in place although it is understood. It is then published
    /// as received: `head` and `index` are empty, all received bytes belong to it.
    package var copyReason: String?
    /// How a copy that can be finished is made of it then; nil when even that cannot be.
    package var copyPlan: CopyPlan?
    /// Why nothing vouches for the file: what is no known container, or holds no media. It is
    /// published as received, like above.
    package var unverifiedReason: String?

    package init(
        head: [UInt8], start: Int64, end: Int64, index: [UInt8], description: MediaDescription,
        damage: [MediaDamage]
    ) {
        self.head = head
        self.start = start
        self.end = end
        self.index = index
        self.description = description
        self.damage = damage
    }

    /// The artifact of `length` bytes published just as they were received.
    package static func asReceived(
        length: Int64, description: MediaDescription, damage: [MediaDamage],
        copyReason: String? = nil, unverifiedReason: String? = nil
    ) -> Artifact {
        var artifact = Artifact(
            head: [], start: 0, end: length, index: [], description: description, damage: damage)
        artifact.copyReason = copyReason
        artifact.unverifiedReason = unverifiedReason
        return artifact
    }

    /// Whether it is published just as it was received: then no edit counts, not even those that
    /// came out before that was known.
    package var isAsReceived: Bool { copyReason != nil || unverifiedReason != nil }

    /// The length of the whole file in bytes.
    package var byteCount: Int64 { Int64(head.count) + (end - start) + Int64(index.count) }
}

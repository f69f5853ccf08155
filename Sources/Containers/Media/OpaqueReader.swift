/// Counts the bytes of what is no container known here, to publish them as they were received.
package struct OpaqueReader: MediaReader {
    private var length: Int64 = 0
    private var list = MediaDamageList()

    /// - Parameter headReserveBytes: not needed; nothing is changed.
    package init(headReserveBytes: Int = 0) {}

    package var description: MediaDescription { MediaDescription(container: "unknown") }

    package mutating func read(_ bytes: Span<UInt8>, frame: (Frame) -> Void) {
        length += Int64(bytes.count)
    }

    package mutating func skip(_ byteCount: Int64) {
        list.append(
            MediaDamage(
                .hole, offset: length, byteCount: byteCount,
                detail: "\(byteCount) bytes were never received."))
        length += byteCount
    }

    package mutating func takeEdits() -> [Edit] { [] }

    package consuming func finish(
        frame: (Frame) -> Void
    ) -> (artifact: Artifact, edits: [Edit]) {
        list.append(
            length == 0
                ? MediaDamage(.empty, detail: "Not one byte was received.")
                : MediaDamage(.unreadable, detail: "No container known here begins like this."))
        let artifact = Artifact.asReceived(
            length: length, description: description, damage: list.entries,
            unverifiedReason: "No known container")
        return (artifact, [])
    }
}

/// What no reader knows: published as it was received.
package struct OpaqueReader: MediaReader {
    private var length: Int64 = 0
    private var damage = MediaDamageList()

    package init(headReserveBytes: Int) {}

    package var description: MediaDescription { MediaDescription(container: "unknown") }

    package mutating func read(_ bytes: Span<UInt8>, frame: (Frame) -> Void) {
        length += Int64(bytes.count)
    }

    package mutating func skip(_ byteCount: Int64) { length += byteCount }

    package mutating func takeEdits() -> [Edit] { [] }

    package consuming func finish(
        frame: (Frame) -> Void
    ) -> (artifact: Artifact, edits: [Edit]) {
        if length == 0 {
            damage.append(MediaDamage(.empty, detail: "The recording has no bytes."))
        }
        let artifact = Artifact.asReceived(
            length: length, description: description, damage: damage.entries,
            unverifiedReason: length == 0 ? nil : "its container is not one that is read here")
        return (artifact, [])
    }
}

/// Damage found so far, at most `countMax` entries and one that counts the rest.
package struct MediaDamageList: Sendable {
    /// Enough for a person to read, and no way to fill memory.
    package static let countMax = 100

    private var listed: [MediaDamage] = []
    private var unlistedCount = 0

    package init() {}

    package var isEmpty: Bool { listed.isEmpty }

    package mutating func append(_ damage: MediaDamage) {
        guard listed.count < Self.countMax else {
            unlistedCount += 1
            return
        }
        listed.append(damage)
    }

    /// All entries, the counting one last.
    package var entries: [MediaDamage] {
        guard unlistedCount > 0 else { return listed }
        return listed + [MediaDamage(.more, detail: "\(unlistedCount) more places are damaged.")]
    }
}

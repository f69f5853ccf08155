/// An entity tag (RFC 9110 §8.8.3).
struct EntityTag: Sendable, Equatable {
    var isWeak: Bool
    /// What stands between the quotes.
    var opaque: [UInt8]

    /// Equal and neither is weak (RFC 9110 §8.8.3.2).
    func stronglyEquals(_ other: EntityTag) -> Bool {
        !isWeak && !other.isWeak && opaque == other.opaque
    }

    /// Equal between the quotes.
    func weaklyEquals(_ other: EntityTag) -> Bool { opaque == other.opaque }

    /// The one tag that `text` is; nil when it is none.
    static func one(_ text: String) -> EntityTag? {
        var rest = Array(text.utf8)[...]
        guard let tag = take(&rest), rest.isEmpty else { return nil }
        return tag
    }

    /// The tags of a list (empty elements count for nothing); nil when anything in it is no tag.
    static func list(_ text: String) -> [EntityTag]? {
        var rest = Array(text.utf8)[...]
        var tags: [EntityTag] = []
        var needsComma = false
        while let byte = rest.first {
            if Characters.isBlank(byte) {
                rest.removeFirst()
            } else if byte == Characters.comma {
                rest.removeFirst()
                needsComma = false
            } else {
                guard !needsComma, let tag = take(&rest) else { return nil }
                tags.append(tag)
                needsComma = true
            }
        }
        return tags
    }

    private static func take(_ rest: inout ArraySlice<UInt8>) -> EntityTag? {
        let isWeak = rest.starts(with: [UInt8(ascii: "W"), Characters.slash])
        if isWeak { rest = rest.dropFirst(2) }
        guard rest.first == Characters.quote else { return nil }
        rest = rest.dropFirst()
        let opaque = rest.prefix { $0 > 0x20 && $0 != Characters.quote && $0 != 0x7F }
        rest = rest.dropFirst(opaque.count)
        guard rest.first == Characters.quote else { return nil }
        rest = rest.dropFirst()
        return EntityTag(isWeak: isWeak, opaque: Array(opaque))
    }
}

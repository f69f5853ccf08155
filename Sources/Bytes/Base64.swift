/// Base64 with the standard alphabet (RFC 4648 §4), without Foundation.
package enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")

    /// The text of `bytes`, padded to a multiple of four characters.
    package static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let count = min(3, bytes.count - start)
            var group = UInt32(bytes[start]) << 16
            if count > 1 { group |= UInt32(bytes[start + 1]) << 8 }
            if count > 2 { group |= UInt32(bytes[start + 2]) }
            for place in 0..<4 {
                let character = alphabet[Int(group >> UInt32(18 - 6 * place) & 63)]
                text.append(place <= count ? character : padding)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The text of `bytes` in the alphabet for URLs and fields, without padding (RFC 4648 §5).
    package static func encodeForURL(_ bytes: [UInt8]) -> String {
        let text = encode(bytes).utf8.compactMap { character -> UInt8? in
            switch character {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            case padding: nil
            default: character
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes that `text` names; nil when it is not base64.
    ///
    /// Lenient where RFC 9651 §4.2.7 asks for it: padding may be missing, and bits beyond the last
    /// byte may be set. Line breaks, spaces and the URL alphabet are refused.
    package static func decode(_ text: String) -> [UInt8]? { decode(Array(text.utf8)[...]) }

    /// The same, of text that is still bytes.
    package static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3 + 3)
        var group: UInt32 = 0
        var characters = 0
        var pads = 0
        for character in text {
            if character == padding {
                pads += 1
                continue
            }
            guard pads == 0, let value = value(of: character) else { return nil }
            group = group << 6 | UInt32(value)
            characters += 1
            // The second, third and fourth character of a group each complete a byte.
            let place = (characters - 1) % 4
            if place > 0 { bytes.append(UInt8(truncatingIfNeeded: group >> UInt32(6 - 2 * place))) }
        }
        let rest = characters % 4
        guard rest != 1, pads == 0 || rest > 0 && rest + pads == 4 else { return nil }
        return bytes
    }

    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}

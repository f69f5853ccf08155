import Bytes

/// The name of a recording: a UUID (RFC 9562), chosen by the client so that a recording can begin
/// with no network.
///
/// Any version is taken; version 7 is recommended, because its ids sort by the time they were made.
package struct RecordingID: Hashable, Sendable, Comparable {
    /// The first eight bytes, big-endian.
    package let high: UInt64
    /// The last eight bytes, big-endian.
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Nil unless `text` is a UUID in its one canonical form: 36 characters, lower case.
    package init?(_ text: String) { self.init(text[...]) }

    /// The same, of a part of a longer text.
    package init?(_ text: Substring) {
        var words: (high: UInt64, low: UInt64) = (0, 0)
        var index = 0
        for character in text.utf8 {
            switch index {
            case 8, 13, 18, 23:
                guard character == UInt8(ascii: "-") else { return nil }
            case 0..<36:
                guard let value = Hex.value(of: character), !Self.isUpperCase(character) else {
                    return nil
                }
                words.high = words.high << 4 | words.low >> 60
                words.low = words.low << 4 | UInt64(value)
            default:
                return nil
            }
            index += 1
        }
        guard index == 36 else { return nil }
        self.init(high: words.high, low: words.low)
    }

    /// A version 7 UUID (RFC 9562 §5.7).
    ///
    /// - Parameters:
    ///   - milliseconds: since 1970, UTC; the upper 16 bits are dropped.
    ///   - random: 128 random bits, of which 74 are used.
    package static func make(milliseconds: UInt64, random: (UInt64, UInt64)) -> RecordingID {
        RecordingID(
            high: milliseconds << 16 | 0x7000 | random.0 & 0x0fff,
            low: 0x8000_0000_0000_0000 | random.1 & 0x3fff_ffff_ffff_ffff)
    }

    /// 36 characters, lower case.
    package var text: String {
        var characters: [UInt8] = []
        characters.reserveCapacity(36)
        for place in 0..<32 {
            if place == 8 || place == 12 || place == 16 || place == 20 {
                characters.append(UInt8(ascii: "-"))
            }
            let word = place < 16 ? high : low
            let value = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (place % 16))) & 15
            characters.append(
                value < 10 ? value + UInt8(ascii: "0") : value - 10 + UInt8(ascii: "a"))
        }
        return String(decoding: characters, as: UTF8.self)
    }

    /// The folder that the recording's files lie under: two digits of the last byte, which is
    /// random in version 7.
    package var shard: String {
        Hex.encode([UInt8(truncatingIfNeeded: low)])
    }

    package static func < (left: RecordingID, right: RecordingID) -> Bool {
        left.high != right.high ? left.high < right.high : left.low < right.low
    }

    private static func isUpperCase(_ character: UInt8) -> Bool {
        (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(character)
    }
}

extension RecordingID: CustomStringConvertible {
    package var description: String { text }
}

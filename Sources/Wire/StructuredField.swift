/// Structured field values (RFC 9651) as the protocol uses them.
package enum StructuredField {
    /// The text of the boolean true.
    package static let trueText = "?1"

    /// An integer that is not negative (RFC 9651 §3.3.1): one to fifteen digits.
    ///
    /// - Returns: nil for anything else, signs, spaces and parameters included.
    package static func integer(_ text: String) -> Int64? {
        guard (1...15).contains(text.utf8.count), text.utf8.allSatisfy(isDigit) else { return nil }
        return Int64(text)
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

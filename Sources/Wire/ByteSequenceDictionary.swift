import Bytes

/// Reads a dictionary of byte sequences (RFC 9651 §4.2.2, §4.2.7): `key=:BASE64:, key=:BASE64:`.
///
/// Exactly what digest fields are made of. Parameters of a member are skipped; of a key that comes
/// twice the last value counts.
struct ByteSequenceDictionary {
    private let text: ArraySlice<UInt8>
    private var index: Int

    init(_ field: ArraySlice<UInt8>) {
        text = field
        index = field.startIndex
    }

    /// The next member; nil after the last.
    mutating func next() throws(Problem) -> (key: ArraySlice<UInt8>, bytes: [UInt8])? {
        if index == text.startIndex {
            skip(" ")
            guard index < text.endIndex else { return nil }
        } else {
            skip(" \t")
            guard index < text.endIndex else { return nil }
            guard take(",") else { throw malformed }
            skip(" \t")
            // A comma is followed by a member (RFC 9651 §4.2.2, 2.9).
            guard index < text.endIndex else { throw malformed }
        }
        let key = try key()
        guard take("=") else { throw malformed }
        let bytes = try byteSequence()
        try skipParameters()
        return (key, bytes)
    }

    private var malformed: Problem {
        .digestInvalid(
            detail: "At byte \(index - text.startIndex) of the digest field: expected "
                + "sha-256=:BASE64: or crc32c=:BASE64: (RFC 9530).")
    }

    private mutating func key() throws(Problem) -> ArraySlice<UInt8> {
        guard let first = text[index...].first, Self.isLowerCase(first) || first == 0x2a else {
            throw malformed
        }
        let start = index
        while index < text.endIndex, Self.isKeyCharacter(text[index]) { index += 1 }
        return text[start..<index]
    }

    private mutating func byteSequence() throws(Problem) -> [UInt8] {
        guard take(":") else { throw malformed }
        let start = index
        while index < text.endIndex, text[index] != UInt8(ascii: ":") { index += 1 }
        let inside = text[start..<index]
        guard take(":"), let bytes = Base64.decode(inside) else {
            index = start
            throw malformed
        }
        return bytes
    }

    /// Skips `;key` and `;key=value`, where the value has none of `,;` outside a string.
    private mutating func skipParameters() throws(Problem) {
        while take(";") {
            skip(" ")
            _ = try key()
            guard take("=") else { continue }
            let start = index
            if take("\"") {
                while index < text.endIndex, text[index] != UInt8(ascii: "\"") {
                    index += text[index] == UInt8(ascii: "\\") ? 2 : 1
                }
                guard take("\"") else { throw malformed }
            } else {
                while index < text.endIndex, !" \t,;".utf8.contains(text[index]) { index += 1 }
            }
            guard index > start else { throw malformed }
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard index < text.endIndex, text[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func skip(_ characters: String) {
        while index < text.endIndex, characters.utf8.contains(text[index]) { index += 1 }
    }

    private static func isLowerCase(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    private static func isKeyCharacter(_ byte: UInt8) -> Bool {
        isLowerCase(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || "_-.*".utf8.contains(byte)
    }
}

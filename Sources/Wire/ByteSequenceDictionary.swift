import Bytes

/// Reads a dictionary of byte sequences (RFC 9651 §4.2.2, §4.2.7): `key=:BASE64:, key=:BASE64:`.
///
/// Exactly what digest fields are made of. Parameters of a member are skipped; a key that comes
/// twice keeps its place and takes the last value.
struct ByteSequenceDictionary {
    private let text: [UInt8]
    private var index = 0

    init(_ field: String) {
        text = Array(field.utf8)
    }

    mutating func members() throws(Problem) -> [(key: String, bytes: [UInt8])] {
        var members: [(key: String, bytes: [UInt8])] = []
        skip(" ")
        while index < text.count {
            let key = try key()
            guard take("=") else { throw malformed }
            let bytes = try byteSequence()
            try skipParameters()
            if let place = members.firstIndex(where: { $0.key == key }) {
                members[place].bytes = bytes
            } else {
                members.append((key, bytes))
            }
            skip(" \t")
            guard index < text.count else { break }
            guard take(",") else { throw malformed }
            skip(" \t")
            // A comma is followed by a member (RFC 9651 §4.2.2, 2.9).
            guard index < text.count else { throw malformed }
        }
        return members
    }

    private var malformed: Problem {
        .digestInvalid(
            detail: "At byte \(index) of the digest field: expected sha-256=:BASE64: "
                + "or crc32c=:BASE64: (RFC 9530).")
    }

    private mutating func key() throws(Problem) -> String {
        guard let first = text[index...].first, Self.isLowerCase(first) || first == 0x2a else {
            throw malformed
        }
        let start = index
        while index < text.count, Self.isKeyCharacter(text[index]) { index += 1 }
        return String(decoding: text[start..<index], as: UTF8.self)
    }

    private mutating func byteSequence() throws(Problem) -> [UInt8] {
        guard take(":") else { throw malformed }
        let start = index
        while index < text.count, text[index] != UInt8(ascii: ":") { index += 1 }
        let inside = String(decoding: text[start..<index], as: UTF8.self)
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
                while index < text.count, text[index] != UInt8(ascii: "\"") {
                    index += text[index] == UInt8(ascii: "\\") ? 2 : 1
                }
                guard take("\"") else { throw malformed }
            } else {
                while index < text.count, !" \t,;".utf8.contains(text[index]) { index += 1 }
            }
            guard index > start else { throw malformed }
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard index < text.count, text[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func skip(_ characters: String) {
        while index < text.count, characters.utf8.contains(text[index]) { index += 1 }
    }

    private static func isLowerCase(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    private static func isKeyCharacter(_ byte: UInt8) -> Bool {
        isLowerCase(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || "_-.*".utf8.contains(byte)
    }
}

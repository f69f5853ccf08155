extension SeededRandom {
    /// So many bytes.
    package mutating func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        while bytes.count < count {
            let word = next()
            for shift in stride(from: 0, to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
            }
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// The text of a recording's id, a UUIDv7 of the year 2026.
    package mutating func recordingID() -> String {
        let time = 1_790_000_000_000 + next() % 1_000_000_000
        let high = time << 16 | 0x7000 | next() & 0xFFF
        let low = 0x8000_0000_0000_0000 | next() >> 2
        let digits = [high, low].map { word in
            let text = String(word, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }.joined()
        var id = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { id += "-" }
            id.append(digit)
        }
        return id
    }
}

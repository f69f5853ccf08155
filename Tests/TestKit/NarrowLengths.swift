extension [UInt8] {
    /// The recording with every unknown length of a cluster in one byte instead of eight: it
    /// cannot be filled in where it stands.
    package var withNarrowLengths: [UInt8] {
        let wide: [UInt8] = [0x1F, 0x43, 0xB6, 0x75, 0x01] + [UInt8](repeating: 0xFF, count: 7)
        var narrow: [UInt8] = []
        var index = startIndex
        while index < endIndex {
            if self[index] == 0x1F, self[index...].starts(with: wide) {
                narrow += wide.prefix(4) + [0xFF]
                index += wide.count
            } else {
                narrow.append(self[index])
                index += 1
            }
        }
        return narrow
    }
}

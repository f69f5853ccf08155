/// Classes of bytes.
enum Characters {
    /// An ASCII letter in lower case; any other byte as it is.
    @inline(__always) static func lowercased(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }
}

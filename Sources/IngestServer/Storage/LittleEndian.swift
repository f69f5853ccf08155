extension [UInt8] {
    mutating func appendLittleEndian<Value: FixedWidthInteger>(_ value: Value) {
        for byte in 0..<Value.bitWidth / 8 {
            append(UInt8(truncatingIfNeeded: value >> (byte * 8)))
        }
    }
}

extension ArraySlice<UInt8> {
    func littleEndian<Value: FixedWidthInteger>(_ type: Value.Type, at index: Int) -> Value {
        var value: Value = 0
        for byte in 0..<Value.bitWidth / 8 {
            value |= Value(truncatingIfNeeded: self[index + byte]) << (byte * 8)
        }
        return value
    }
}

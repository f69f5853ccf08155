/// Writes EBML elements into bytes.
package struct ElementWriter {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// With room for so many bytes, so that they are not copied as it grows.
    package init(reserving byteCount: Int) { bytes.reserveCapacity(byteCount) }

    /// - Parameter lengthWidth: bytes of the length field, for fields that are filled in later
    ///   or padded; the fewest possible when nil.
    package mutating func master(
        _ id: UInt32, lengthWidth: Int? = nil, _ payload: (inout ElementWriter) -> Void
    ) {
        var inner = ElementWriter()
        payload(&inner)
        element(id, inner.bytes, lengthWidth: lengthWidth)
    }

    package mutating func element(
        _ id: UInt32, _ payload: some Collection<UInt8>, lengthWidth: Int? = nil
    ) {
        header(id, payloadByteCount: Int64(payload.count), lengthWidth: lengthWidth)
        bytes.append(contentsOf: payload)
    }

    package mutating func header(
        _ id: UInt32, payloadByteCount: Int64, lengthWidth: Int? = nil
    ) {
        appendUnsigned(UInt64(id), width: 4 - id.leadingZeroBitCount / 8)
        let width = lengthWidth ?? EBMLNumber.width(of: payloadByteCount)
        guard let length = EBMLNumber.mark(payloadByteCount, width: width) else {
            preconditionFailure("an element's length does not fit its field")
        }
        appendUnsigned(length, width: width)
    }

    /// - Parameter width: bytes of the payload; the fewest possible when nil.
    package mutating func unsigned(_ id: UInt32, _ value: Int64, width: Int? = nil) {
        let width = width ?? Self.byteCount(unsigned: value)
        header(id, payloadByteCount: Int64(width))
        appendUnsigned(UInt64(max(0, value)), width: width)
    }

    /// The fewest bytes of payload that can say `value`.
    package static func byteCount(unsigned value: Int64) -> Int {
        max(1, 8 - max(0, value).leadingZeroBitCount / 8)
    }

    package mutating func float(_ id: UInt32, _ value: Double) {
        header(id, payloadByteCount: 8)
        appendUnsigned(value.bitPattern, width: 8)
    }

    package mutating func append(_ raw: some Collection<UInt8>) {
        bytes.append(contentsOf: raw)
    }

    private mutating func appendUnsigned(_ value: UInt64, width: Int) {
        for place in (0..<width).reversed() {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * place)))
        }
    }
}

/// The element whose payload means nothing (RFC 8794 §11.3.2).
package enum EBMLVoid {
    /// No Void is shorter than this.
    package static let byteCountMin: Int64 = 2

    /// The header that makes `byteCount` bytes one Void, at least `byteCountMin`.
    package static func header(byteCount: Int64) -> [UInt8] {
        precondition(byteCount >= byteCountMin, "a Void needs two bytes")
        // Short ones keep a short length; from 9 bytes on any length fits eight.
        let width = byteCount < 9 ? 1 : 8
        var writer = ElementWriter()
        writer.header(
            MatroskaID.void, payloadByteCount: byteCount - 1 - Int64(width), lengthWidth: width)
        return writer.bytes
    }
}

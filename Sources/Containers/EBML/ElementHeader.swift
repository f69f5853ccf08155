/// The first bytes of an EBML element: its ID and its length (RFC 8794 §5, §6).
package struct ElementHeader: Equatable, Sendable {
    /// With its marker bits, as specifications write it.
    package var id: UInt32
    /// Bytes of the payload; nil when the length is unknown.
    package var payloadByteCount: Int64?
    /// Bytes of the field that says the length.
    package var lengthWidth: Int
    /// Bytes of ID and length.
    package var byteCount: Int

    /// What the bytes so far amount to.
    package enum Reading: Equatable, Sendable {
        case incomplete
        /// No element begins like this.
        case invalid
        case whole(ElementHeader)
    }

    /// Reads the header at the start of `bytes`.
    package static func read(_ bytes: ArraySlice<UInt8>) -> Reading {
        guard let first = bytes.first else { return .incomplete }
        let idWidth = EBMLNumber.byteCount(first: first)
        guard idWidth <= EBMLNumber.idBytesMax else { return .invalid }
        guard bytes.count > idWidth else { return .incomplete }
        let lengthStart = bytes.startIndex + idWidth
        let lengthWidth = EBMLNumber.byteCount(first: bytes[lengthStart])
        guard lengthWidth <= EBMLNumber.lengthBytesMax else { return .invalid }
        guard bytes.count >= idWidth + lengthWidth else { return .incomplete }
        var id: UInt32 = 0
        for byte in bytes[bytes.startIndex..<lengthStart] { id = id << 8 | UInt32(byte) }
        return .whole(
            ElementHeader(
                id: id,
                payloadByteCount: EBMLNumber.decode(
                    bytes[lengthStart..<lengthStart + lengthWidth]),
                lengthWidth: lengthWidth, byteCount: idWidth + lengthWidth))
    }
}

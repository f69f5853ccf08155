/// The children of a master element that is whole in memory (RFC 8794 §5).
///
/// Iteration ends at the first child that is malformed, of unknown length or cut off.
package struct ElementList: Sequence, IteratorProtocol {
    package struct Child {
        package var id: UInt32
        package var payload: ArraySlice<UInt8>
        /// Header and payload.
        package var whole: ArraySlice<UInt8>
    }

    private var rest: ArraySlice<UInt8>

    package init(_ payload: ArraySlice<UInt8>) {
        rest = payload
    }

    package mutating func next() -> Child? {
        guard case .whole(let header) = ElementHeader.read(rest),
            let payloadByteCount = header.payloadByteCount,
            payloadByteCount <= Int64(rest.count - header.byteCount)
        else { return nil }
        let payloadStart = rest.startIndex + header.byteCount
        let end = payloadStart + Int(payloadByteCount)
        let child = Child(
            id: header.id, payload: rest[payloadStart..<end], whole: rest[rest.startIndex..<end])
        rest = rest[end...]
        return child
    }
}

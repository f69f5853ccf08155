internal import COgg

/// Packs the packets of one logical stream into Ogg pages (RFC 3533), with libogg.
// SAFETY: the state in C belongs to this value alone, which cannot be copied, and is bound to no
// thread.
package struct OggWriter: ~Copyable, @unchecked Sendable {
    private let state: UnsafeMutablePointer<ogg_stream_state>
    private var packetCount: Int64 = 0

    package init(serial: UInt32) {
        state = .allocate(capacity: 1)
        state.initialize(to: ogg_stream_state())
        precondition(
            ogg_stream_init(state, Int32(bitPattern: serial)) == 0, "no memory for an Ogg stream")
    }

    deinit {
        ogg_stream_clear(state)
        state.deallocate()
    }

    /// Adds a packet; the first one begins the stream.
    ///
    /// - Parameters:
    ///   - granule: where it ends, in the codec's units.
    ///   - isLast: nothing follows it in this stream.
    package mutating func add(_ packet: [UInt8], granule: Int64, isLast: Bool = false) {
        var packet = packet
        let byteCount = packet.count
        let code = packet.withUnsafeMutableBufferPointer { bytes in
            var described = ogg_packet(
                packet: bytes.baseAddress, bytes: byteCount, b_o_s: packetCount == 0 ? 1 : 0,
                e_o_s: isLast ? 1 : 0, granulepos: granule, packetno: packetCount)
            return ogg_stream_packetin(state, &described)
        }
        precondition(code == 0, "no memory for an Ogg packet")
        packetCount += 1
    }

    /// Ends the page at hand and returns it, with those before it that are full; nothing if no
    /// packet waits.
    package mutating func flush() -> [UInt8] {
        var bytes: [UInt8] = []
        var page = ogg_page()
        // Filled to the longest page there is: by itself libogg makes pages of 4 KiB.
        while ogg_stream_flush_fill(state, &page, 65_025) != 0 {
            // SAFETY: libogg's own memory, valid until the stream is touched again.
            bytes += UnsafeBufferPointer(start: page.header, count: page.header_len)
            bytes += UnsafeBufferPointer(start: page.body, count: page.body_len)
        }
        return bytes
    }
}

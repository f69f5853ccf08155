/// Sound in, an Ogg Opus file out, whole page by whole page (RFC 7845).
///
/// What came out so far is a file that plays, at any moment. A page ends after each second of
/// sound, or where `flush` asks for it.
package struct OggOpusEncoder: ~Copyable, Sendable {
    package struct Settings: Sendable {
        /// In Hz, one of `OpusEncoder.sampleRates`.
        package var sampleRate: Int
        /// 1 or 2.
        package var channels: Int
        /// Bits per second, 6,000 to 510,000.
        package var bitrate: Int
        /// 0, the fastest, to 10, the best.
        package var complexity = 9
        package var title: String?
        /// In Hz, what the sound was before anyone resampled it: for whoever plays it.
        package var inputRate: Int

        package init(sampleRate: Int, channels: Int, bitrate: Int) {
            self.sampleRate = sampleRate
            inputRate = sampleRate
            self.channels = channels
            self.bitrate = bitrate
        }
    }

    /// Packets of one page: a second of sound.
    private static let pagePacketsMax = 50
    /// Samples of one packet at 48 kHz, at which granules count.
    private static let packetSampleCount = 960

    private let settings: Settings
    private var encoder: OpusEncoder
    private var pages: OggWriter
    /// Less than one frame, interleaved.
    private var waiting: [Float] = []
    private var packetCount = 0
    private var packetsOnPage = 0
    private var hasHead = false
    /// Samples a channel that went in, at the encoder's rate.
    package private(set) var sampleCount = 0

    /// - Parameter serial: any number; it tells the streams of one file apart.
    package init(_ settings: Settings, serial: UInt32) throws(OpusError) {
        self.settings = settings
        encoder = try OpusEncoder(
            sampleRate: settings.sampleRate, channels: settings.channels,
            bitrate: settings.bitrate, complexity: settings.complexity)
        pages = OggWriter(serial: serial)
    }

    /// Takes samples, interleaved, −1 to 1; returns the pages that became whole, the two of the
    /// file's head before all others.
    package mutating func encode(_ samples: [Float]) throws(OpusError) -> [UInt8] {
        precondition(samples.count % settings.channels == 0, "a sample for each channel")
        var bytes = startPages()
        sampleCount += samples.count / settings.channels
        waiting += samples
        let frameCount = encoder.frameSampleCount * settings.channels
        var start = 0
        while waiting.count - start >= frameCount {
            let packet = try encoder.encode(waiting[start..<start + frameCount])
            start += frameCount
            add(packet)
            if packetsOnPage == Self.pagePacketsMax { bytes += flush() }
        }
        waiting.removeFirst(start)
        return bytes
    }

    /// Ends the page at hand; less than 20 ms of what went in waits for the rest of its frame.
    package mutating func flush() -> [UInt8] {
        packetsOnPage = 0
        return pages.flush()
    }

    /// Ends the file: it plays exactly as many samples as went in (RFC 7845 §4.4).
    package consuming func finish() throws(OpusError) -> [UInt8] {
        var bytes = startPages()
        let frameCount = encoder.frameSampleCount * settings.channels
        let end = encoder.preSkip + sampleCount * (48_000 / settings.sampleRate)
        // The encoder is late by the pre-skip, so there is at least one packet to come.
        while packetCount * Self.packetSampleCount < end {
            waiting += repeatElement(0, count: frameCount - waiting.count)
            let packet = try encoder.encode(waiting[...])
            waiting = []
            let isLast = (packetCount + 1) * Self.packetSampleCount >= end
            add(packet, end: isLast ? end : nil)
        }
        bytes += flush()
        return bytes
    }

    private mutating func add(_ packet: [UInt8], end: Int? = nil) {
        packetCount += 1
        packetsOnPage += 1
        pages.add(
            packet, granule: Int64(end ?? packetCount * Self.packetSampleCount),
            isLast: end != nil)
    }

    /// Each header has a page of its own (RFC 7845 §3).
    private mutating func startPages() -> [UInt8] {
        guard !hasHead else { return [] }
        hasHead = true
        pages.add(
            OpusHeaders.head(
                channels: settings.channels, preSkip: encoder.preSkip,
                inputRate: settings.inputRate), granule: 0)
        let head = pages.flush()
        pages.add(OpusHeaders.tags(title: settings.title), granule: 0)
        return head + pages.flush()
    }
}

internal import Bytes

/// What stands in front of the samples of a WAV file (RIFF WAVE, or RF64 beyond 4 GiB).
package struct WAVHeader: Sendable, Equatable {
    package enum Reading: Sendable, Equatable {
        /// More bytes are needed.
        case incomplete
        /// It is no WAV file, or one that is not understood: a sentence.
        case refused(String)
        case whole(WAVHeader)
    }

    /// Samples begin within so many bytes, or it is no file that a recorder made.
    private static let byteCountMax = 1 << 20
    /// The SubFormat of WAVE_FORMAT_EXTENSIBLE begins with the plain format's number.
    private static let extensible: UInt16 = 0xFFFE

    package let format: PCMFormat
    /// Where the samples begin.
    package let byteCount: Int
    /// How many bytes of samples follow; nil if the writer did not know, as in a pipe.
    package let dataByteCount: Int64?

    package static func begins(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 12, bytes[8..<12].elementsEqual("WAVE".utf8) else { return false }
        return bytes.starts(with: "RIFF".utf8) || bytes.starts(with: "RF64".utf8)
    }

    /// Reads the header at the start of `bytes`, which `begins`.
    package static func read(_ bytes: [UInt8]) -> Reading {
        var reader = ByteReader(bytes, from: 12)
        var format: PCMFormat?
        var longByteCount: UInt64?
        while let name = reader.readBytes(4), let count = reader.readLittleEndianUInt32() {
            if name.elementsEqual("data".utf8) {
                guard let format else { return .refused("its samples come before their format") }
                let isLong = count == .max
                let known = isLong ? longByteCount ?? 0 : UInt64(count)
                return .whole(
                    WAVHeader(
                        format: format, byteCount: reader.offset,
                        dataByteCount: known == 0 ? nil : Int64(clamping: known)))
            }
            guard reader.offset + Int(count) <= byteCountMax else {
                return .refused("it holds no samples within its first MiB")
            }
            // Chunks are padded to an even length.
            guard let body = reader.readBytes(Int(count) + Int(count & 1)) else { break }
            if name.elementsEqual("fmt ".utf8) {
                switch read(format: body) {
                case .success(let found): format = found
                case .failure(let trouble): return .refused(trouble.reason)
                }
            } else if name.elementsEqual("ds64".utf8) {
                var long = ByteReader(body, from: min(8, body.count))
                longByteCount = long.readLittleEndianUInt64()
            }
        }
        return .incomplete
    }

    private struct Trouble: Error { let reason: String }

    private static func read(format body: [UInt8]) -> Result<PCMFormat, Trouble> {
        var reader = ByteReader(body)
        guard var tag = reader.readLittleEndianUInt16(),
            let channels = reader.readLittleEndianUInt16(),
            let rate = reader.readLittleEndianUInt32(), reader.readBytes(6) != nil,
            let bits = reader.readLittleEndianUInt16()
        else { return .failure(Trouble(reason: "its format is cut short")) }
        if tag == extensible, reader.readBytes(8) != nil {
            tag = reader.readLittleEndianUInt16() ?? tag
        }
        let sample: PCMFormat.Sample
        switch (tag, bits) {
        case (1, 8): sample = .u8
        case (1, 16): sample = .s16le
        case (1, 24): sample = .s24le
        case (1, 32): sample = .s32le
        case (3, 32): sample = .f32le
        default:
            return .failure(
                Trouble(reason: "its samples are of an unknown kind (format \(tag), \(bits) bits)"))
        }
        return .success(
            PCMFormat(sample, sampleRate: Int(clamping: rate), channels: Int(channels)))
    }
}

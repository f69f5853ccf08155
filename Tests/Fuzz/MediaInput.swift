/// A recording made of fuzzed bytes, and how it comes: the last four bytes say that, so a real
/// recording with four zeros behind it is a good seed.
struct MediaInput {
    /// What was received; zeros where it was not.
    private(set) var bytes: [UInt8]
    let headReserveBytes: Int
    /// The bytes that were never received.
    private(set) var hole = 0..<0
    private let pieceSeed: UInt8

    private static let controlCount = 4

    init(_ input: [UInt8]) {
        bytes = Array(input.dropLast(Self.controlCount))
        let control = input.suffix(Self.controlCount)
        guard control.count == Self.controlCount, let first = control.first else {
            headReserveBytes = 0
            pieceSeed = 0
            return
        }
        let rest = Array(control.dropFirst())
        pieceSeed = first
        // The server's own, none, and what is too short for a head.
        headReserveBytes = [4096, 0, 64, 512][Int(rest[0] % 4)]
        // Small holes anywhere; the byte below 32 means none, so that most inputs have none.
        if rest[2] >= 32, !bytes.isEmpty {
            let start = bytes.count * Int(rest[1]) / 256
            hole = start..<min(bytes.count, start + 1 << Int(rest[2] % 12))
        }
        for index in hole { bytes[index] = 0 }
    }

    /// The parts that were received, each in one piece.
    var whole: [Range<Int>] { [0..<hole.lowerBound, hole.upperBound..<bytes.count] }

    /// The same in pieces of many lengths.
    var pieces: [Range<Int>] {
        var state = UInt32(pieceSeed)
        var pieces: [Range<Int>] = []
        for part in whole {
            var start = part.lowerBound
            while start < part.upperBound {
                state = state &* 1_664_525 &+ 1_013_904_223
                let countMax = 1 << Int(state >> 29 + UInt32(pieceSeed % 5))
                let end = min(part.upperBound, start + 1 + Int(state >> 8) % countMax)
                pieces.append(start..<end)
                start = end
            }
        }
        return pieces
    }
}

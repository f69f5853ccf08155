// A second recording in the middle of the first: a recorder that began anew.
extension WebMReader {
    /// No more bytes than these are needed to tell.
    private static let proofByteCountMax = 14

    private enum Proof {
        case no, incomplete, yes
    }

    /// Takes bytes, and looks for another EBML header in all of them, payloads too: a recording
    /// that broke off within a block swallows the head of the next.
    mutating func watch(_ bytes: Span<UInt8>) {
        var place = 0
        if !held.isEmpty {
            // Enough fresh bytes that whatever was held is told.
            let freshCount = min(Self.proofByteCountMax, bytes.count)
            var front = held
            held = []
            for index in 0..<freshCount { front.append(bytes[index]) }
            watchWhole(front.span)
            guard freshCount < bytes.count else { return }
            // What is held now began among the fresh bytes.
            place = freshCount - held.count
            held = []
        }
        watchWhole(bytes.extracting(place..<bytes.count))
    }

    /// The held bytes were no head of another recording.
    mutating func releaseHeld() {
        let bytes = held
        held = []
        take(bytes.span)
    }

    private mutating func watchWhole(_ bytes: Span<UInt8>) {
        var taken = 0
        var place = 0
        while state != .ended, let found = Self.magic(in: bytes, from: place) {
            let proof = offset + Int64(found - taken) == 0 ? Proof.no : Self.proof(bytes, found)
            switch proof {
            case .no: place = found + 1
            case .incomplete:
                take(bytes.extracting(taken..<found))
                for index in found..<bytes.count { held.append(bytes[index]) }
                return
            case .yes:
                take(bytes.extracting(taken..<found))
                taken = found
                place = found + 1
                // What was just taken may have been the end already.
                if state != .ended { beginAnew() }
            }
        }
        take(bytes.extracting(taken..<bytes.count))
    }

    /// Where the ID of an EBML header, or as much of it as fits at the end, begins.
    ///
    /// The byte that would be the last of it decides how far to go: of four bytes, three are
    /// never looked at.
    private static func magic(in bytes: Span<UInt8>, from start: Int) -> Int? {
        var last = start + 3
        while last < bytes.count {
            switch bytes[last] {
            case 0xA3:
                if bytes[last - 1] == 0xDF, bytes[last - 2] == 0x45, bytes[last - 3] == 0x1A {
                    return last - 3
                }
                last += 4
            case 0xDF: last += 1
            case 0x45: last += 2
            case 0x1A: last += 3
            default: last += 4
            }
        }
        let magic: [UInt8] = [0x1A, 0x45, 0xDF]
        for place in max(start, bytes.count - 3)..<max(start, bytes.count) {
            let isBegun = (place..<bytes.count).allSatisfy { bytes[$0] == magic[$0 - place] }
            if isBegun { return place }
        }
        return nil
    }

    /// Whether an EBML header is at `place`: it is short, and so begins its first child
    /// (RFC 8794 §11.2: all IDs of two bytes, from 0x4282 to 0x42F7). By chance that is met
    /// once in 2^50 bytes.
    private static func proof(_ bytes: Span<UInt8>, _ place: Int) -> Proof {
        let left = bytes.count - place
        guard left > 4 else { return .incomplete }
        let width = EBMLNumber.byteCount(first: bytes[place + 4])
        guard width <= EBMLNumber.lengthBytesMax else { return .no }
        guard left >= 4 + width + 2 else { return .incomplete }
        var length: [UInt8] = []
        for index in 0..<width { length.append(bytes[place + 4 + index]) }
        guard let byteCount = EBMLNumber.decode(length[...]), (4...255) ~= byteCount,
            bytes[place + 4 + width] == 0x42
        else { return .no }
        switch bytes[place + 5 + width] {
        case 0x82, 0x85, 0x86, 0x87, 0xF2, 0xF3, 0xF7: return .yes
        default: return .no
        }
    }

    /// Another recording begins at the next byte.
    private mutating func beginAnew() {
        guard hasSegment else { return fail("Another recording begins in its head.") }
        let isBetweenElements =
            state == .header && small.isEmpty && group == nil && torn == nil
        guard isBetweenElements else {
            breakOff()
            return splice(at: offset, end: torn?.start ?? offset)
        }
        leaveCluster()
        splice(at: offset, end: drop?.start ?? offset)
    }
}

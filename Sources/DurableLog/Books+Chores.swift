internal import Posix

/// Background work on one segment.
enum Chore: Sendable, Equatable {
    /// Write its end into its header.
    case seal(UInt32)
    /// Mark it free on disk; then it may be overwritten.
    case free(UInt32)
    /// Remove its file.
    case remove(UInt32)
    /// Write a new one with zeros.
    case grow(UInt32)
}

extension Books {
    /// Spare segments that are kept ready beyond the reserve.
    private static let spareSegments = 2

    /// The next thing to do, marked as being done.
    mutating func nextChore(mayGrow: Bool, segmentBytes: Int) -> Chore? {
        for segment in idleClosedSegments {
            if let chore = chore(for: segment, segmentBytes) {
                segments[segment.number]?.isBusy = true
                return chore
            }
        }
        guard mayGrow, !isClosing, growable > 0,
            free.count + growing < segmentsReserved + Self.spareSegments
        else { return nil }
        return .grow(startGrowing())
    }

    /// Closed segments that no chore is at work on, the oldest first.
    private var idleClosedSegments: [Segment] {
        segments.values.filter { $0.phase == .closed && !$0.isBusy }
            .sorted { ($0.header?.generation ?? 0) < ($1.header?.generation ?? 0) }
    }

    /// Returns the number of the segment to be written.
    mutating func startGrowing() -> UInt32 {
        growing += 1
        defer { nextNumber += 1 }
        return nextNumber
    }

    private func chore(for segment: Segment, _ segmentBytes: Int) -> Chore? {
        if segment.liveFrames == 0 {
            let isRecycled =
                segment.isTrusted && segment.byteCount == segmentBytes
                && segments.count <= segmentsMax
            if isRecycled { return .free(segment.number) }
            if hasSettledEarlierEnds(segment) { return .remove(segment.number) }
        }
        return segment.isSealed || segment.hasRefusedSeal ? nil : .seal(segment.number)
    }

    /// The ends that this segment's header names are on disk elsewhere or no longer matter, so
    /// that its file may go. (A header that is overwritten is succeeded by one that names them.)
    private func hasSettledEarlierEnds(_ segment: Segment) -> Bool {
        guard let ends = segment.header?.earlierEnds, !ends.isEmpty else { return true }
        return !segments.values.contains { other in
            other.phase == .closed && !other.isSealed
                && ends.contains { $0.generation == other.header?.generation }
        }
    }

    /// An unsealed segment for the log's thread to seal itself, when too many are waiting.
    mutating func nextSeal() -> Chore? {
        let segment = idleClosedSegments.first { !$0.isSealed && !$0.hasRefusedSeal }
        guard let segment else { return nil }
        segments[segment.number]?.isBusy = true
        return .seal(segment.number)
    }

    /// A segment of zeros is there, in phase `.free` or at once current.
    mutating func finishGrowing(_ segment: Segment) {
        growing -= 1
        segments[segment.number] = segment
        if segment.phase == .free { free.append(segment.number) }
    }

    mutating func failGrowing() {
        growing -= 1
        growthRefused = true
    }
}

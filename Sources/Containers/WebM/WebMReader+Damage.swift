// Damage: where the structure breaks off, and how it is found again.
extension WebMReader {
    /// No element begins here, or it cannot be where it is.
    ///
    /// What nothing vouched for is given up with it; the next cluster is searched for.
    mutating func tear(isHole: Bool = false) {
        let seen = small
        let seenStart = elementStart
        let from = pendingStart ?? group?.start ?? elementStart
        tear(at: from, isHole: isHole)
        // The bytes looked at may hold the beginning of a cluster, but not at the first.
        guard !isHole, seen.count > 1, Int64(seen.count) == offset - seenStart else { return }
        offset = seenStart + 1
        let again = seen[1...]
        take(again.span)
    }

    /// A hole where structure was expected.
    mutating func holeInStructure() {
        let isBetweenElements = state == .header && small.isEmpty
        if isBetweenElements, group == nil, pending?.isTorn == false, cluster != nil {
            // The hole explains what comes next: the block before it stands.
            let place = elementStart
            confirm()
            return tear(at: place, isHole: true)
        }
        tear(isHole: true)
    }

    /// Gives up the element at hand, without another look at its bytes.
    mutating func breakOff() {
        tear(at: pendingStart ?? group?.start ?? elementStart, isHole: false)
    }

    private mutating func tear(at place: Int64, isHole: Bool) {
        small.removeAll(keepingCapacity: true)
        block = nil
        group = nil
        pending = nil
        pendingStart = nil
        unknownCount = 0
        isElementTorn = false
        window = 0
        let tornCluster = cluster
        cluster = nil
        guard hasSegment else { return fail("It breaks off in its head.") }
        state = .searching
        // Already searching: this cluster was none.
        guard torn == nil else {
            if isHole { torn?.isHole = true }
            return
        }
        var from = place
        if let drop { from = min(from, drop.start) }
        drop = nil
        var tear = WebMTear(start: from, isHole: isHole, cluster: tornCluster)
        if let tornCluster, tornCluster.timestamp == nil {
            // No block of it was read: it goes as a whole.
            tear.start = tornCluster.start
            tear.cluster = nil
        }
        tear.time = timeline?.end.map { Int64(clampingNanoseconds: $0) }
        torn = tear
    }

    mutating func search(_ bytes: Span<UInt8>, from place: inout Int) {
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            offset += 1
            window = window << 8 | UInt32(byte)
            guard window == MatroskaID.cluster || window == MatroskaID.ebml else { continue }
            beginElement()
            elementStart = offset - 4
            for shift: UInt32 in [24, 16, 8, 0] {
                small.append(UInt8(truncatingIfNeeded: window >> shift))
            }
            window = 0
            return
        }
    }

    /// A cluster was found at `place` after a tear: everything between becomes a Void.
    mutating func heal(_ tear: WebMTear, at place: Int64) {
        torn = nil
        report(tear, to: place)
        // In front of the first cluster it is the new head that covers it.
        guard let start, tear.start >= start else { return }
        let found = cluster
        cluster = tear.cluster
        if let tornCluster = tear.cluster {
            let isBehind = tornCluster.end.map { $0 <= tear.start } ?? false
            if !isBehind { touchCluster() }
            close(at: isBehind ? tornCluster.end ?? place : place)
        }
        void(tear.start..<place)
        cluster = found
    }

    /// - Parameter end: where reading went on, or where the recording ends.
    func damage(of tear: WebMTear, to end: Int64) -> MediaDamage {
        MediaDamage(
            tear.isHole ? .hole : .torn, offset: tear.start, byteCount: end - tear.start,
            timeMilliseconds: tear.time.map { Double($0) / 1e6 },
            detail: tear.isHole
                ? "Bytes are missing; what depends on them is left out up to the next cluster."
                : "The structure breaks off here; it is left out up to the next cluster.")
    }

    private mutating func report(_ tear: WebMTear, to end: Int64) {
        damage.append(damage(of: tear, to: end))
    }

    /// Another recording begins at `place`; this one ends at `end`.
    mutating func splice(at place: Int64, end: Int64) {
        self.end = end
        if let torn {
            report(torn, to: place)
            cluster = torn.cluster
            self.end = endCluster(at: end)
            self.torn = nil
        }
        drop = nil
        splicedAt = place
        state = .ended
    }

    /// Nothing can be made of it.
    mutating func fail(_ reason: String) {
        if unverifiedReason == nil { unverifiedReason = reason }
        state = .ended
    }
}

extension Int64 {
    init(clampingNanoseconds value: Double) {
        self = value >= 9.2e18 ? .max : value > -9.2e18 ? Int64(value) : .min
    }
}

/// How a log that is nearly full slows down what comes in to what goes out, so that those who
/// wait for their acknowledgement are slowed and not refused.
extension Books {
    /// 0 while half of the log is live, rising to 1 when three quarters are. The rest is for
    /// segments that a few live frames keep from being free.
    private var pressure: Double {
        let live = Double(liveBytes) / Double(max(1, segmentsMax * usableBytes))
        return min(1, max(0, 4 * live - 2))
    }

    /// Says that a batch of so many bytes comes next. Returns whether it should wait for
    /// `isPaced`.
    mutating func pace(batchBytes: Int) -> Bool {
        releasedBytesWanted = Int(pressure * Double(batchBytes))
        if releasedBytesWanted == 0 { releasedBytes = 0 }
        return !isPaced
    }

    /// As many bytes went out as the next batch brings in, or a part of them by the pressure.
    var isPaced: Bool { releasedBytes >= releasedBytesWanted || isClosing }

    /// The batch goes on, whether it was paced or waited long enough.
    mutating func endPace() {
        releasedBytes = max(0, releasedBytes - releasedBytesWanted)
        releasedBytesWanted = 0
    }
}

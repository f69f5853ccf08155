@testable import DurableLog
import Testing

/// What comes in is slowed to what goes out before the log is full.
@Suite struct PaceTests {
    /// Books of a log of 100 MiB in segments of 4 MiB, of which `liveShare` is live.
    private static func books(liveShare: Double) -> Books {
        var settings = ChunkLog.Settings(folder: "log")
        settings.segmentBytes = 4 << 20
        settings.logBytesMax = 100 << 20
        settings.reserveBytes = 0
        var books = Books(Recovery.Result(), settings)
        books.liveBytes = Int(liveShare * Double(books.segmentsMax * books.usableBytes))
        return books
    }

    @Test(arguments: [0, 0.25, 0.49])
    func nobodyWaitsWhileHalfOfTheLogIsFree(share: Double) {
        var books = Self.books(liveShare: share)
        let waits = books.pace(batchBytes: 1 << 20)
        #expect(!waits)
    }

    @Test(arguments: [(0.625, 1 << 19), (0.75, 1 << 20), (0.9, 1 << 20)])
    func aBatchWaitsForAsMuchToGoOut(share: Double, wanted: Int) {
        var books = Self.books(liveShare: share)
        let waits = books.pace(batchBytes: 1 << 20)
        #expect(waits)
        books.releasedBytes = wanted - (1 << 10)
        #expect(!books.isPaced)
        books.releasedBytes = wanted + (1 << 10)
        #expect(books.isPaced)
    }

    @Test func whatWentOutBeyondThatLetsTheNextGoAtOnce() {
        var books = Self.books(liveShare: 0.75)
        let first = books.pace(batchBytes: 1000)
        #expect(first)
        books.releasedBytes = 2500
        books.endPace()
        let second = books.pace(batchBytes: 1000)
        #expect(!second)
        books.endPace()
        let third = books.pace(batchBytes: 1000)
        #expect(third)
    }

    @Test func aLogThatClosesWaitsForNothing() {
        var books = Self.books(liveShare: 0.9)
        books.isClosing = true
        let waits = books.pace(batchBytes: 1000)
        #expect(!waits)
    }
}

import DurableLog
import Glibc
import Posix
import TestKit
import Testing

/// The log with its own threads.
@Suite struct ThreadTests {
    private static let writers = 4
    private static let framesEach = 100

    /// Appends from several threads; waits until all are answered.
    private static func write(_ log: ChunkLog) -> [[FrameLocation]] {
        let answers = Lock([[FrameLocation]](repeating: [], count: writers))
        for writer in 0..<writers {
            Thread.start("writer \(writer)") {
                for index in 0..<framesEach {
                    let frame = chunk(UInt64(writer), sequence: Int64(index))
                    do throws(LogError) {
                        try log.append(frame, payload: [UInt8](repeating: 7, count: 300)) {
                            guard case .success(let location) = $0 else { return }
                            answers.withLock { $0[writer].append(location) }
                            answers.signal()
                        }
                    } catch {
                        Issue.record("\(error)")
                    }
                }
            }
        }
        return answers.wait(until: { $0.allSatisfy { $0.count == framesEach } }) { $0 }
    }

    private static var settings: ChunkLog.Settings {
        var settings = Bench.settings
        settings.startsThreads = true
        settings.logBytesMax = 64 << 16
        return settings
    }

    @Test func framesOfManyThreadsAreAllThereEachThreadInItsOrder() throws {
        let bench = try Bench(.init(), Self.settings)
        let answers = Self.write(bench.log)
        for lsns in answers.map({ $0.map(\.lsn) }) { #expect(lsns == lsns.sorted()) }
        let all = answers.flatMap { $0.map(\.lsn) }.sorted()
        #expect(all == Array(1...UInt64(Self.writers * Self.framesEach)))
        bench.log.release(answers[0])
        bench.log.close()
        let again = try Bench(bench.disk, seed: 2)
        for writer in 1..<Self.writers {
            let sequences = again.recovered.map(\.frame)
                .filter { $0.recording.1 == UInt64(writer) }.map(\.sequence)
            #expect(sequences == Array(0..<Int64(Self.framesEach)))
        }
        #expect(again.observer.seen.damages.isEmpty)
    }

    @Test func aLogOnARealDiskKeepsWhatItTook() throws {
        let folder = "/tmp/holdfast-log-\(getpid())"
        let disk = DiskFileSystem()
        defer {
            for name in (try? disk.names(in: folder)) ?? [] { unlink(folder + "/" + name) }
            rmdir(folder)
        }
        var settings = Self.settings
        settings.folder = folder
        let log = try ChunkLog.open(
            settings, fileSystem: disk, observer: Witness(), replay: { _ in .live })
        let answers = Self.write(log)
        #expect(try log.read(answers[1][5]) == [UInt8](repeating: 7, count: 300))
        log.release(answers[2])
        log.close()
        var frames = 0
        let again = try ChunkLog.open(
            settings, fileSystem: disk, observer: Witness(),
            replay: { frame in
                frames += frame.frame.recording.1 == 2 ? 0 : 1
                return .dead
            })
        #expect(frames == 3 * Self.framesEach)
        again.close()
    }
}

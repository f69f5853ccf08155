import DurableLog
import Posix
import Recordings
import TestKit
import Testing
import Wire

@testable import IngestServer

@Suite("A long recording beside many others", .timeLimit(.minutes(1)))
struct LongRecordingTests {
    /// A disk that forgets nothing while the process lives: syncs cost nothing.
    private struct UnsyncedDisk: FileSystem {
        private let disk = DiskFileSystem()

        func open(_ path: String, _ mode: OpenMode) throws(SystemError) -> any StoredFile {
            UnsyncedFile(file: try disk.open(path, mode))
        }
        func createFolder(_ path: String) throws(SystemError) { try disk.createFolder(path) }
        func syncFolder(_ path: String) throws(SystemError) {}
        func rename(_ from: String, to: String) throws(SystemError) {
            try disk.rename(from, to: to)
        }
        func remove(_ path: String) throws(SystemError) { try disk.remove(path) }
        func names(in folder: String) throws(SystemError) -> [String] {
            try disk.names(in: folder)
        }
        func exists(_ path: String) -> Bool { disk.exists(path) }
        func freeBytes(_ path: String) throws(SystemError) -> Int64 { try disk.freeBytes(path) }
    }

    private final class UnsyncedFile: StoredFile {
        private let file: any StoredFile

        init(file: any StoredFile) { self.file = file }

        func read(
            into buffer: UnsafeMutableRawBufferPointer, at offset: Int64
        ) throws(SystemError) -> Int { try file.read(into: buffer, at: offset) }
        func write(_ pieces: [UnsafeRawBufferPointer], at offset: Int64) throws(SystemError) {
            try file.write(pieces, at: offset)
        }
        func syncData() throws(SystemError) {}
        func truncate(to byteCount: Int64) throws(SystemError) {
            try file.truncate(to: byteCount)
        }
        func allocate(_ byteCount: Int64) throws(SystemError) { try file.allocate(byteCount) }
        func startWriteback(_ range: Range<Int64>) {}
        var byteCount: Int64 { get throws(SystemError) { try file.byteCount } }
        var descriptor: Int32? { file.descriptor }
    }

    /// Asks again as long as `body` is refused for now: the log is full, or a chunk came before
    /// the one that it follows.
    private func taken(_ body: () async throws(Problem) -> Void) async {
        while let refused = await problem(body) {
            #expect([409, 503].contains(refused.status))
            await Task.yield()
        }
    }

    /// Sends other recordings until it is told to stop, and finalizes every second.
    private func traffic(_ store: RecordingStore, _ isOver: Lock<Bool>) async -> Int {
        let bytes = TestRecording(81, byteCount: 8000).bytes
        var number: UInt64 = 1000
        while !isOver.withLock({ $0 }) {
            let other = TestRecording(number, bytes)
            await taken { () async throws(Problem) in try await store.create(other) }
            for piece in 0..<4 {
                let range = piece * 2000..<(piece + 1) * 2000
                await taken { () async throws(Problem) in
                    try await store.put(other, Int64(piece), range)
                }
            }
            if number % 2 == 0 {
                await taken { () async throws(Problem) in
                    _ = try await store.finalize(other.id, other.whole)
                }
            }
            number += 1
        }
        return Int(number - 1000)
    }

    @Test("Twelve hours at a chunk a second pin no segment of the log")
    func twelveHours() async throws {
        let place = TemporaryFolder("long", inMemory: true)
        let folder = DataFolder(UnsyncedDisk(), folder: place.path + "/data")
        let store = try folder.open()
        let recording = TestRecording(80, byteCount: 43_200 * 8)
        try await store.create(recording)
        let isOver = Lock(false)
        async let others = traffic(store, isOver)
        for hour in 0..<12 {
            let lsn = store.log.state.lastLSN
            await sendHour(hour, of: recording, to: store)
            // The traffic goes on; what came before this hour leaves the log all the same.
            await eventually { store.log.state.oldestReplayableLSN > lsn }
        }
        isOver.withLock { $0 = true }
        #expect(await others > 0)
        let status = try await store.finalize(recording.id, recording.whole)
        #expect(status.receivedDigest == recording.digest)
        #expect(status.nextSequence == 43_200)
        await store.settled()
        #expect(store.assembler.lag == 0)
        // The catalog's next transaction lets go of the last frames.
        await eventually { store.log.state.oldestSegment == nil }
        store.close()
    }

    /// A minute's chunks are in flight together.
    private func sendHour(_ hour: Int, of recording: TestRecording, to store: RecordingStore) async
    {
        for minute in hour * 60..<(hour + 1) * 60 {
            await withTaskGroup { group in
                for second in minute * 60..<(minute + 1) * 60 {
                    group.addTask {
                        let range = second * 8..<(second + 1) * 8
                        await taken { () async throws(Problem) in
                            try await store.put(recording, Int64(second), range)
                        }
                    }
                }
            }
        }
    }
}

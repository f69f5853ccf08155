import Glibc
import Posix
import Testing

@Suite struct MemoryAndThreadTests {
    @Test func aLentRangeIsThatPartOfTheSlab() {
        let slab = Slab(byteCount: 8192)
        for index in 0..<8192 { slab.buffer[index] = UInt8(truncatingIfNeeded: index) }
        #expect(slab.byteCount == 8192)
        #expect(UInt(bitPattern: slab.buffer.baseAddress) % 4096 == 0)
        let lent = slab.lend(10..<20)
        #expect(Array(lent.buffer) == Array(10..<20))
        #expect(lent[2..<5].count == 3)
        #expect(Array(lent[2..<5].buffer) == [12, 13, 14])
    }

    @Test func aDescriptorIsClosedWithItsOwner() throws {
        let raw = open("/dev/null", O_RDONLY)
        do {
            let owned = Descriptor(owning: raw)
            #expect(owned.raw == raw)
        }
        let again = Descriptor(owning: open("/dev/null", O_RDONLY))
        let released = again.release()
        #expect(fcntl(released, F_GETFD) >= 0)
        close(released)
    }

    @Test func threadsMeetAtALock() {
        let lock = Lock((turns: 0, sum: 0))
        for number in 1...4 {
            Thread.start("a thread with a name that is too long \(number)") {
                for _ in 0..<100 { lock.withLock { $0.sum += number } }
                lock.withLock { $0.turns += 1 }
                lock.signal()
            }
        }
        let sum = lock.wait(until: { $0.turns == 4 }) { $0.sum }
        #expect(sum == 1000)
    }

    @Test func aLockIsFreeAfterAnError() {
        struct Trouble: Error {}
        let lock = Lock(1)
        #expect(throws: Trouble.self) { try lock.withLock { _ in throw Trouble() } }
        #expect(lock.withLock { $0 } == 1)
    }

    @Test func aSystemErrorSaysWhatWasTriedOnWhat() {
        let error = SystemError("open", "a/b", ENOENT)
        #expect(error.description == "open a/b: No such file or directory (errno 2)")
        #expect(error.isMissing && !error.isNoSpace)
        #expect(SystemError("write", "", ENOSPC).isNoSpace)
        #expect(SystemError("write", "", EDQUOT).isNoSpace)
    }

    @Test func aCallThatASignalInterruptsIsMadeAgain() throws {
        var calls = 0
        let result = try systemCall("read", "x") { () -> Int in
            calls += 1
            if calls == 3 { return 42 }
            errno = EINTR
            return -1
        }
        #expect(result == 42 && calls == 3)
        #expect(throws: SystemError("read", "x", EIO)) {
            try systemCall("read", "x") { () -> Int32 in
                errno = EIO
                return -1
            }
        }
    }
}

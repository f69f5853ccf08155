import CLinux
import Glibc
import Posix
import Reactor
import Testing
import Transport

@Suite struct `A connection's task` {
    private actor Elsewhere {
        let thread = BlockingThread(name: "test-elsewhere")
        nonisolated var unownedExecutor: UnownedSerialExecutor {
            thread.asUnownedSerialExecutor()
        }
        func work() -> Int { 1 }
    }

    @Test func `never leaves its loop`() async throws {
        let elsewhere = Elsewhere()
        try await Site.run(handler: { exchange in
            let loop = holdfast_current_executor()
            var stays = true
            // The answer tells of an error.
            let body = try? await exchange.readBody(maxBytes: 1 << 20)
            stays = stays && holdfast_current_executor() == loop
            await Task.yield()
            stays = stays && holdfast_current_executor() == loop
            let one = await elsewhere.work()
            stays = stays && holdfast_current_executor() == loop && one == 1
            async let child = Self.executor()
            let childs = await child
            stays = stays && loop.map { UInt(bitPattern: $0) } == childs
            await exchange.respond(stays ? 200 : 500, [], Array((body ?? .init(Self.none)).buffer))
        }) { site in
            let loop = site.loops[0]
            PoolWatch.start(Unmanaged.passUnretained(loop).toOpaque())
            let client = try site.client()
            for count in [0, 10, 100_000] {
                client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: \(count)\r\n\r\n")
                client.send(pattern(count))
                #expect(try client.response().status == 200)
            }
            #expect(PoolWatch.stop() == 0)
        }
        elsewhere.thread.stop()
    }

    private static var none: UnsafeRawBufferPointer { .init(start: nil, count: 0) }

    private static func executor() async -> UInt {
        holdfast_current_executor().map { UInt(bitPattern: $0) } ?? 0
    }
}

/// Counts the jobs that one executor's thread hands to the global pool, by the runtime's hook.
private enum PoolWatch {
    private typealias Enqueue = @convention(c) (UnsafeRawPointer) -> Void
    private typealias Hook = @convention(c) (UnsafeRawPointer, UnsafeRawPointer) -> Void
    private static let state = Lock<(executor: UInt, leaks: Int)>((0, 0))

    // SAFETY: the hook is called with the Swift convention, which for two pointers is the C one.
    static func start(_ executor: UnsafeRawPointer) {
        state.withLock { $0 = (UInt(bitPattern: executor), 0) }
        let hook: Hook = { job, original in
            let current = holdfast_current_executor().map { UInt(bitPattern: $0) }
            PoolWatch.state.withLock { if $0.executor == current { $0.leaks += 1 } }
            unsafeBitCast(original, to: Enqueue.self)(job)
        }
        let place = dlsym(nil, "swift_task_enqueueGlobal_hook")
        place?.assumingMemoryBound(to: Hook?.self).pointee = hook
        precondition(place != nil, "the runtime has no hook")
    }

    /// Returns how many there were.
    static func stop() -> Int {
        let place = dlsym(nil, "swift_task_enqueueGlobal_hook")
        place?.assumingMemoryBound(to: Hook?.self).pointee = nil
        return state.withLock { $0.leaks }
    }
}

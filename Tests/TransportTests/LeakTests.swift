import Glibc
import HTTP1
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
        let home = Lock<EventLoop?>(nil)
        try await Site.run(handler: { exchange in
            let loop = home.withLock { $0 }
            var places = [loop?.isCurrent]
            // The answer tells of an error.
            let body = try? await exchange.readBody(maxBytes: 1 << 20)
            places.append(loop?.isCurrent)
            await Task.yield()
            places.append(loop?.isCurrent)
            let one = await elsewhere.work()
            places.append(loop?.isCurrent)
            async let child = Self.isCurrent(loop)
            places.append(await child)
            if exchange.head.path == "/leak" { Task.detached {} }
            let stays = places.allSatisfy { $0 == true } && body != nil && one == 1
            await exchange.respond(stays ? 200 : 500)
        }) { site in
            home.withLock { $0 = site.loops[0] }
            PoolWatch.start(site.loops[0])
            let client = try site.client()
            for count in [0, 10, 100_000] {
                client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: \(count)\r\n\r\n")
                client.send(pattern(count))
                #expect(try client.response().status == 200)
            }
            #expect(PoolWatch.leaks == 0)
            // That the watch sees one: a detached task belongs to the pool.
            let leak = "PUT /leak HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"
            #expect(try client.exchange(leak).status == 200)
            #expect(PoolWatch.leaks == 1)
            PoolWatch.stop()
        }
        elsewhere.thread.stop()
    }

    private static func isCurrent(_ loop: EventLoop?) async -> Bool? { loop?.isCurrent }
}

/// Counts the jobs that one loop's thread hands to the global pool, by the runtime's hook.
private enum PoolWatch {
    private typealias Enqueue = @convention(c) (UnsafeRawPointer) -> Void
    private typealias Hook = @convention(c) (UnsafeRawPointer, UnsafeRawPointer) -> Void
    private static let state = Lock<(loop: EventLoop?, leaks: Int)>((nil, 0))

    // SAFETY: the hook is called with the Swift convention, which for two pointers is the C one.
    static func start(_ loop: EventLoop) {
        state.withLock { $0 = (loop, 0) }
        let hook: Hook = { job, original in
            PoolWatch.state.withLock { if $0.loop?.isCurrent == true { $0.leaks += 1 } }
            unsafeBitCast(original, to: Enqueue.self)(job)
        }
        let place = dlsym(nil, "swift_task_enqueueGlobal_hook")
        place?.assumingMemoryBound(to: Hook?.self).pointee = hook
        precondition(place != nil, "the runtime has no hook")
    }

    /// How many there were so far.
    static var leaks: Int { state.withLock { $0.leaks } }

    static func stop() {
        let place = dlsym(nil, "swift_task_enqueueGlobal_hook")
        place?.assumingMemoryBound(to: Hook?.self).pointee = nil
        state.withLock { $0.loop = nil }
    }
}

import CLinux
import Glibc
import Posix
import Reactor
import Testing

@Suite struct `An event loop` {
    /// Runs `body` as a task of a new loop.
    private static func onLoop<Value: Sendable>(
        _ body: @escaping @Sendable (EventLoop) async throws -> Value
    ) async throws -> Value {
        let loop = EventLoop(name: "test-loop")
        loop.start()
        defer { loop.stop() }
        return try await Task(executorPreference: loop) { try await body(loop) }.value
    }

    /// One end of two connected sockets; the other is closed with it.
    private final class FarEnd: Sendable {
        private let owned: Descriptor
        var raw: Int32 { owned.raw }
        init(_ raw: Int32) { owned = Descriptor(owning: raw) }
    }

    /// Two connected sockets that do not block; the first is for the loop to own.
    private static func pair() -> (Int32, FarEnd) {
        var ends: [Int32] = [0, 0]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue)
        precondition(socketpair(AF_UNIX, type, 0, &ends) == 0)
        return (ends[0], FarEnd(ends[1]))
    }

    private static func send(_ text: String, _ socket: Int32) {
        precondition(write(socket, text, text.utf8.count) == text.utf8.count)
    }

    private static func receive(_ socket: Int32) -> String? {
        var bytes = [UInt8](repeating: 0, count: 100)
        let count = read(socket, &bytes, bytes.count)
        return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    @Test func `runs its tasks on its thread`() async throws {
        let isThere = try await Self.onLoop { loop in
            var stays = loop.isCurrent
            for _ in 0..<10 { await Task.yield(); stays = stays && loop.isCurrent }
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<10 { group.addTask { loop.isCurrent } }
                for await isCurrent in group { stays = stays && isCurrent }
            }
            return stays && loop.isCurrent
        }
        #expect(isThere)
    }

    /// Takes down what it is told, in order.
    private final class Listener: ReadinessHandler, Sendable {
        let told = Lock<[Readiness]>([])

        func became(_ readiness: Readiness) {
            told.withLock { $0.append(readiness) }
            told.signal()
        }

        func wait(for count: Int) -> [Readiness] {
            told.wait(until: { $0.count == count }, then: { $0 })
        }
    }

    @Test func `tells a handler once that bytes came, that time is over, that it is closed`()
        async throws
    {
        let (near, far) = Self.pair()
        let listener = Listener()
        let loop = EventLoop(name: "test-loop")
        loop.start()
        defer { loop.stop() }
        let registration = try await Task(executorPreference: loop) {
            let registration = try loop.register(Descriptor(owning: near))
            #expect(loop.whenReadable(registration, until: .never, listener) == nil)
            return registration
        }.value
        Self.send("a", far.raw)
        #expect(listener.wait(for: 1) == [.ready])
        Self.send("b", far.raw)
        let known = await Task(executorPreference: loop) {
            // The second edge tells nobody, and is found by the next wait.
            _ = await loop.readable(registration, until: .never)
            return loop.whenReadable(registration, until: .now(), listener)
        }.value
        #expect(known == nil)
        #expect(listener.wait(for: 2) == [.ready, .timedOut])
        await Task(executorPreference: loop) {
            #expect(loop.whenReadable(registration, until: .never, listener) == nil)
            loop.close(registration)
            #expect(loop.whenReadable(registration, until: .never, listener) == .closed)
        }.value
        #expect(listener.wait(for: 3) == [.ready, .timedOut, .closed])
    }

    @Test func `runs all that another thread resumes together, also in a nested batch`()
        async throws
    {
        let count = try await Self.onLoop { loop in
            let waiting = Lock<[UnsafeContinuation<Void, Never>]>([])
            await withTaskGroup { group in
                for _ in 0..<100 {
                    group.addTask(executorPreference: loop) {
                        await withUnsafeContinuation { continuation in
                            waiting.withLock { $0.append(continuation) }
                            waiting.signal()
                        }
                    }
                }
                Thread.start("resumer") {
                    waiting.wait(until: { $0.count == 100 }, then: { _ in })
                    let all = waiting.withLock { $0 }
                    EventLoop.wakingTogether {
                        for continuation in all.prefix(50) { continuation.resume() }
                        EventLoop.wakingTogether { all[50].resume() }
                        for continuation in all.dropFirst(51) { continuation.resume() }
                    }
                }
                await group.waitForAll()
            }
            return waiting.withLock { $0.count }
        }
        #expect(count == 100)
    }

    @Test func `performs calls from other threads in their order`() async throws {
        let loop = EventLoop(name: "test-loop")
        loop.start()
        let seen = Lock<[Int]>([])
        for index in 0..<1_000 {
            loop.perform {
                seen.withLock { $0.append(index) }
                seen.signal()
            }
        }
        let all = seen.wait(until: { $0.count == 1_000 }, then: { $0 })
        let isInOrder = all == Array(0..<1_000)
        #expect(isInOrder)
        loop.stop()
    }

    @Test func `resumes what other threads resume`() async throws {
        let stays = try await Self.onLoop { loop in
            var stays = true
            for _ in 0..<100 {
                await withLoopContinuation { (continuation: LoopContinuation<Void>) in
                    Thread.start("test-other") { continuation.resume(returning: ()) }
                }
                stays = stays && loop.isCurrent
            }
            return stays
        }
        #expect(stays)
    }

    @Test func `waits until there is something to read`() async throws {
        let answers = try await Self.onLoop { loop in
            let (near, far) = Self.pair()
            let farRaw = far.raw
            let registration = try loop.register(Descriptor(owning: near))
            var answers: [String] = []
            for word in ["one", "two", "three"] {
                async let sent: Void = Self.send(word, farRaw)
                while true {
                    if let text = Self.receive(registration.raw) {
                        answers.append(text)
                        break
                    }
                    let readiness = await loop.readable(registration, until: .never)
                    #expect(readiness == .ready)
                }
                await sent
            }
            loop.close(registration)
            _ = far
            return answers
        }
        #expect(answers == ["one", "two", "three"])
    }

    @Test func `waits until there is room to write`() async throws {
        try await Self.onLoop { loop in
            let (near, far) = Self.pair()
            let registration = try loop.register(Descriptor(owning: near))
            let piece = [UInt8](repeating: 7, count: 10_000)
            var sent = 0
            while case let count = write(registration.raw, piece, piece.count), count > 0 {
                sent += count
            }
            // The edge of the registration itself says that there was room once.
            _ = await loop.writable(registration, until: .now())
            #expect(write(registration.raw, piece, piece.count) == -1)
            async let readiness = loop.writable(registration, until: .never)
            var taken = [UInt8](repeating: 0, count: sent)
            #expect(read(far.raw, &taken, sent) > 0)
            #expect(await readiness == .ready)
            loop.close(registration)
            _ = far
        }
    }

    @Test func `gives a wait up at its deadline`() async throws {
        try await Self.onLoop { loop in
            let (near, far) = Self.pair()
            let registration = try loop.register(Descriptor(owning: near))
            for _ in 0..<3 {
                let deadline = Moment.now() + 1_000_000
                #expect(await loop.readable(registration, until: deadline) == .timedOut)
                #expect(Moment.now() >= deadline)
            }
            // A later deadline, while the heap still has the earlier one.
            Self.send("x", far.raw)
            #expect(await loop.readable(registration, until: .never) == .ready)
            loop.close(registration)
            _ = far
        }
    }

    @Test func `sees a peer that is gone, again and again`() async throws {
        try await Self.onLoop { loop in
            let (near, far) = Self.pair()
            let registration = try loop.register(Descriptor(owning: near))
            _ = shutdown(far.raw, Int32(SHUT_RDWR))
            for _ in 0..<3 {
                #expect(await loop.readable(registration, until: .never) == .ready)
                #expect(Self.receive(registration.raw) == "")
            }
            loop.close(registration)
        }
    }

    @Test func `ends a wait when its registration is cancelled or closed`() async throws {
        try await Self.onLoop { loop in
            for closes in [false, true] {
                let (near, far) = Self.pair()
                let registration = try loop.register(Descriptor(owning: near))
                async let readiness = loop.readable(registration, until: .never)
                await Task.yield()
                if closes { loop.close(registration) } else { loop.cancel(registration) }
                #expect(await readiness == .closed)
                #expect(await loop.readable(registration, until: .never) == .closed)
                if !closes { loop.close(registration) }
                _ = far
            }
        }
    }

    @Test func `wakes sleepers in the order of their deadlines`() async throws {
        let order = try await Self.onLoop { loop in
            let start = Moment.now()
            return await withTaskGroup(of: Int.self) { group in
                for index in [3, 1, 2, 0] {
                    group.addTask {
                        await loop.sleep(until: start + Int64(index) * 2_000_000)
                        return index
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
        }
        #expect(order == [0, 1, 2, 3])
    }

    @Test func `ends the sleep of a cancelled task`() async throws {
        try await Self.onLoop { loop in
            let sleeper = Task(executorPreference: loop) { await loop.sleep(until: .never) }
            await Task.yield()
            sleeper.cancel()
            await sleeper.value
        }
    }

    @Test func `looks at its descriptors while a task yields for ever`() async throws {
        try await Self.onLoop { loop in
            let (near, far) = Self.pair()
            let registration = try loop.register(Descriptor(owning: near))
            let busy = Task(executorPreference: loop) {
                while !Task.isCancelled { await Task.yield() }
            }
            Self.send("x", far.raw)
            #expect(await loop.readable(registration, until: .never) == .ready)
            busy.cancel()
            await busy.value
            loop.close(registration)
            _ = far
        }
    }
}

@Suite struct `A blocking thread` {
    private actor Counter {
        private let thread: BlockingThread
        private(set) var count = 0

        init(_ thread: BlockingThread) { self.thread = thread }

        nonisolated var unownedExecutor: UnownedSerialExecutor {
            thread.asUnownedSerialExecutor()
        }

        func add() -> Int32 {
            count += 1
            preconditionIsolated()
            return holdfast_thread_id()
        }
    }

    @Test(arguments: [false, true])
    func `runs its actor's work, all of it on one thread`(_ idlePriority: Bool) async {
        let thread = BlockingThread(name: "test-blocking", idlePriority: idlePriority)
        let counter = Counter(thread)
        let threads = await withTaskGroup(of: Int32.self) { group in
            for _ in 0..<100 { group.addTask { await counter.add() } }
            return await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(threads.count == 1)
        #expect(await counter.count == 100)
        #expect(thread.isIsolatingCurrentContext() == false)
        thread.stop()
    }
}

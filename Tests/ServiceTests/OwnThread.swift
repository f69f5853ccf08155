import Posix
import Testing

/// Runs tests on one thread of their own, where they may block: a test of a real server reads
/// best as one request after the other, and must not hold up the tests of other suites.
struct OwnThread: TestTrait, SuiteTrait, TestScoping {
    var isRecursive: Bool { true }

    func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        try await withTaskExecutorPreference(ThreadExecutor.shared) { try await function() }
    }
}

extension Trait where Self == OwnThread {
    /// See `OwnThread`.
    static var onItsOwnThread: Self { Self() }
}

/// One thread that never ends, as an executor.
final class ThreadExecutor: TaskExecutor {
    static let shared = ThreadExecutor()

    private let jobs = Lock<[UnownedJob]>([])

    private init() {
        Thread.start("service tests") { [jobs] in
            while true {
                let next = jobs.wait(until: { !$0.isEmpty }) { waiting -> [UnownedJob] in
                    defer { waiting = [] }
                    return waiting
                }
                for job in next {
                    job.runSynchronously(on: ThreadExecutor.shared.asUnownedTaskExecutor())
                }
            }
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        jobs.signal()
    }
}

import Digests
import Glibc
import TestKit

/// A client that records without end, and remembers what the server has acknowledged.
struct CrashClient {
    /// A recording whose chunks follow from its seed alone.
    struct Plan: Sendable {
        let id: String
        let seed: UInt64

        /// Whether it is deleted once it is finalized.
        var isForDeletion: Bool { seed % 4 == 0 }

        /// Up to 48 KiB.
        func bytes(_ sequence: Int64) -> [UInt8] {
            var random = SeededRandom(seed &+ UInt64(sequence))
            return random.bytes(1 + Int(random.next() % 49_152))
        }
    }

    /// One thing that the server said is safe.
    enum Promise: Sendable {
        case created(Plan)
        case stored(Plan, sequence: Int64, offset: Int64)
        /// The digest is that of all bytes, a structured field.
        case finalized(Plan, digest: String)
        case deleted(Plan)
    }

    private var random: SeededRandom
    private var plan: Plan?
    private var sequence: Int64 = 0
    private var offset: Int64 = 0
    private var chunkCount: Int64 = 0
    private var digest = SHA256Digest()
    private var isFinalized = false
    /// 503 and 507, one after the other.
    private var refusals = 0

    init(seed: UInt64) { random = SeededRandom(seed) }

    /// Goes on where it stopped until the connection breaks. `promise` is told each answer.
    ///
    /// Returns an answer that should not have been, or nil.
    mutating func run(port: UInt16, promise: (Promise) -> Void) -> Answer? {
        let client = RecordingClient(port: port)
        while true {
            do throws(RawConnection.Failure) {
                if let wrong = try step(client, promise) { return wrong }
            } catch { return nil }
        }
    }

    private mutating func step(
        _ client: RecordingClient, _ promise: (Promise) -> Void
    ) throws(RawConnection.Failure) -> Answer? {
        guard let plan else {
            plan = Plan(id: random.recordingID(), seed: random.next())
            (sequence, offset, isFinalized, digest) = (0, 0, false, SHA256Digest())
            chunkCount = Int64(1 + random.next() % 40)
            return nil
        }
        if sequence == 0, offset == 0 {
            let answer = try client.create(plan.id)
            if isPutOff(answer) { return nil }
            guard [200, 201].contains(answer.status) else { return answer }
            promise(.created(plan))
        }
        if sequence < chunkCount { return try sendChunks(plan, client, promise) }
        if !isFinalized {
            let whole = "sha-256=:\(RecordingClient.base64(digest.value)):"
            let answer = try client.finalize(
                plan.id, length: offset, chunkCount: chunkCount, digest: whole)
            if isPutOff(answer) { return nil }
            guard answer.status == 200 else { return answer }
            isFinalized = true
            promise(.finalized(plan, digest: whole))
        } else if plan.isForDeletion {
            let answer = try client.delete(plan.id)
            if isPutOff(answer) { return nil }
            guard answer.status == 204 else { return answer }
            promise(.deleted(plan))
            self.plan = nil
        } else {
            self.plan = nil
        }
        return nil
    }

    /// One chunk, or two in the wrong order.
    private mutating func sendChunks(
        _ plan: Plan, _ client: RecordingClient, _ promise: (Promise) -> Void
    ) throws(RawConnection.Failure) -> Answer? {
        let bytes = plan.bytes(sequence)
        if plan.seed % 3 == 0, sequence % 5 == 1, sequence + 1 < chunkCount {
            let later = offset + Int64(bytes.count)
            let answer = try client.put(
                plan.id, sequence + 1, at: later, plan.bytes(sequence + 1))
            if isPutOff(answer) { return nil }
            guard [200, 201].contains(answer.status) else { return answer }
            promise(.stored(plan, sequence: sequence + 1, offset: later))
        }
        let answer = try client.put(plan.id, sequence, at: offset, bytes)
        if isPutOff(answer) { return nil }
        guard [200, 201].contains(answer.status) else { return answer }
        promise(.stored(plan, sequence: sequence, offset: offset))
        digest.update(bytes)
        offset += Int64(bytes.count)
        sequence += 1
        return nil
    }

    /// Whether the server asks to come again later; not for ever, though.
    private mutating func isPutOff(_ answer: Answer) -> Bool {
        guard answer.status == 503 || answer.status == 507 else {
            refusals = 0
            return false
        }
        refusals += 1
        usleep(10_000)  // Only manners: nothing depends on how long it is.
        return refusals < 3000
    }
}

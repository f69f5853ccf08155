import Glibc
import Posix
import Testing

@testable import Transport

@Suite struct `The transport's parts` {
    @Test(arguments: [
        (0, 16_384), (1, 16_384), (16_384, 16_384), (16_385, 32_768), (65_536, 65_536),
        (4 << 20, 4 << 20), (4 << 20 + 1, 8 << 20),
    ])
    func `a slab has room for what was asked, and slack`(_ count: Int, _ expected: Int) {
        var pool = SlabPool()
        let slab = pool.lease(count)
        #expect(slab.byteCount == expected + SlabPool.slackBytes)
        pool.giveBack(slab)
        #expect(pool.keptBytes == slab.byteCount)
        #expect(pool.lease(count) === slab)
        #expect(pool.keptBytes == 0)
    }

    @Test func `a pool keeps no more than it should`() {
        var pool = SlabPool(keptBytesMax: 50_000)
        let slabs = (0..<4).map { _ in pool.lease(1) }
        for slab in slabs { pool.giveBack(slab) }
        #expect(pool.keptBytes == 2 * (16_384 + 4_096))
    }

    @Test func `connections beyond the limit are refused, and then dropped`() {
        let admission = Admission(connectionsMax: 2, perAddressMax: 2)
        let address = Self.address([10, 0, 0, 1])
        var tickets = (0..<2 + Admission.refusalsMax).map { _ in admission.enter(address) }
        let refused = Admission.Verdict.refuse(.connectionsPerAddress)
        #expect(tickets.prefix(2).map(\.verdict) == [.serve, .serve])
        #expect(tickets.dropFirst(2).allSatisfy { $0.verdict == refused })
        #expect(admission.enter(address).verdict == .drop(.connectionsPerAddress))
        admission.leave(tickets.removeLast())
        #expect(admission.enter(Self.address([10, 0, 0, 2])).verdict == .refuse(.connections))
        for ticket in tickets.dropFirst() { admission.leave(ticket) }
        #expect(admission.connectionCount == 2)
        #expect(admission.enter(address).verdict == .serve)
    }

    @Test func `an address is one of IPv4, or the network of an IPv6 host`() {
        let one = Self.address([10, 0, 0, 1])
        #expect(one == Self.address([10, 0, 0, 1]))
        #expect(one != Self.address([10, 0, 0, 2]))
        let network: [UInt8] = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 1]
        let host = Self.address(network + [0, 0, 0, 0, 0, 0, 0, 1])
        #expect(host == Self.address(network + [1, 2, 3, 4, 5, 6, 7, 8]))
        #expect(host != Self.address(network.dropLast() + [2, 0, 0, 0, 0, 0, 0, 0, 1]))
        #expect(host != one)
        // What a socket of both families calls an IPv4 address is that address.
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        #expect(one == Self.address(mapped + [10, 0, 0, 1]))
        #expect(one != Self.address(mapped + [10, 0, 0, 2]))
        let loopback = Self.address([UInt8](repeating: 0, count: 15) + [1])
        #expect(loopback != Self.address(mapped + [0, 0, 0, 1]))
    }

    /// Of 4 or 16 bytes, as accept(2) gives it.
    private static func address(_ bytes: [UInt8]) -> PeerAddress {
        var storage = sockaddr_storage()
        storage.ss_family = sa_family_t(bytes.count == 4 ? AF_INET : AF_INET6)
        withUnsafeMutableBytes(of: &storage) {
            $0[(bytes.count == 4 ? 4 : 8)...].copyBytes(from: bytes)
        }
        return PeerAddress(storage)
    }

    @Test(arguments: [
        (EAGAIN, AcceptOutcome.none), (EMFILE, .exhausted(errno: EMFILE)),
        (ENFILE, .exhausted(errno: ENFILE)), (ENOMEM, .exhausted(errno: ENOMEM)),
        (ENOBUFS, .exhausted(errno: ENOBUFS)), (ECONNABORTED, .aborted), (EINTR, .aborted),
        (EPROTO, .aborted), (ENETDOWN, .aborted),
    ])
    func `accepting pauses only when something is used up`(
        _ number: Int32, _ outcome: AcceptOutcome
    ) {
        #expect(AcceptOutcome(errno: number) == outcome)
    }

    @Test func `an input buffer keeps its bytes in order and gives its slab back`() {
        var pool = SlabPool()
        var input = InputBuffer()
        var model: [UInt8] = []
        let bytes = pattern(60_000)
        var position = 0
        while position < bytes.count {
            let room = input.room(20_480, &pool)
            #expect(!room.isEmpty)
            let count = min(room.count, 3_001, bytes.count - position)
            room.copyBytes(from: bytes[position..<position + count])
            input.filled(count)
            model += bytes[position..<position + count]
            position += count
            let taken = input.count * 2 / 3
            input.consume(taken)
            model.removeFirst(taken)
            let isSame = Array(input.bytes) == model
            #expect(isSame)
        }
        input.giveBack(&pool)
        #expect(pool.keptBytes == 0)
        input.discard(&pool)
        #expect(pool.keptBytes > 0)
        #expect(input.isEmpty)
    }

    @Test func `a refusal is a problem document`() {
        let text = String(
            decoding: Refusal.bytes(400, "a \"quote\"\n", retryAfterSeconds: 3, date: "now"),
            as: UTF8.self)
        #expect(text.hasPrefix("HTTP/1.1 400 "))
        #expect(text.contains("\r\nRetry-After: 3\r\n"))
        #expect(text.contains("\r\nConnection: close\r\n"))
        #expect(
            text.hasSuffix(
                "\r\n\r\n" + #"{"type":"about:blank","status":400,"detail":"a \"quote\" "}"#))
    }

    @Test func `an address of another machine is an error`() {
        #expect(throws: SystemError("bind", "192.0.2.1:0", EADDRNOTAVAIL)) {
            _ = try ListenSocket.bind("192.0.2.1", 0)
        }
    }
}

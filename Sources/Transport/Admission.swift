internal import Posix

/// How many connections there are over all loops, and what becomes of one more.
final class Admission: Sendable {
    enum Verdict: Equatable {
        case serve
        /// Answer its request 503 and close it.
        case refuse(Refused)
        /// Too many are being refused already: close it at once.
        case drop(Refused)
    }

    /// What `leave` is to be told.
    struct Ticket: Equatable {
        let address: PeerAddress
        let verdict: Verdict
    }

    private struct State {
        var served = 0
        var refusing = 0
        var byAddress: [PeerAddress: Int] = [:]
    }

    /// Connections that may be open only to be told that there are too many.
    static let refusalsMax = 64

    private let connectionsMax: Int
    private let perAddressMax: Int
    private let state = Lock(State())

    init(connectionsMax: Int, perAddressMax: Int) {
        self.connectionsMax = connectionsMax
        self.perAddressMax = perAddressMax
    }

    /// Open now, those included that are being refused.
    var connectionCount: Int { state.withLock { $0.served + $0.refusing } }

    /// Counts one more. Whatever the verdict, `leave` follows when it is closed.
    func enter(_ address: PeerAddress) -> Ticket {
        state.withLock { state in
            let isCrowded = state.byAddress[address, default: 0] >= perAddressMax
            guard isCrowded || state.served >= connectionsMax else {
                state.served += 1
                state.byAddress[address, default: 0] += 1
                return Ticket(address: address, verdict: .serve)
            }
            let reason = isCrowded ? Refused.connectionsPerAddress : .connections
            guard state.refusing < Self.refusalsMax else {
                return Ticket(address: address, verdict: .drop(reason))
            }
            state.refusing += 1
            return Ticket(address: address, verdict: .refuse(reason))
        }
    }

    func leave(_ ticket: Ticket) {
        state.withLock { state in
            switch ticket.verdict {
            case .drop: break
            case .refuse: state.refusing -= 1
            case .serve:
                state.served -= 1
                let left = state.byAddress[ticket.address, default: 1] - 1
                state.byAddress[ticket.address] = left > 0 ? left : nil
            }
        }
    }
}

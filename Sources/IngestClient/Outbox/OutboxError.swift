internal import Foundation
internal import GRDB

/// What can go wrong with an outbox. The text is a sentence for whoever records.
public enum OutboxError: Error, Sendable, Equatable {
    /// Another process uses the folder. It can still be listed.
    case locked(folder: String, processID: Int32)
    /// The folder cannot be used: not writable, say, or its journal is from a later version.
    case unusable(folder: String, reason: String)
    /// The journal is damaged. Opening the profile sets it aside and takes in the media files.
    case damaged(folder: String, reason: String)
    /// The outbox holds as much as it may. What is recorded so far is kept.
    case quotaReached(quotaBytes: Int64)
    /// The disk is full, or nearly. What is recorded so far is kept.
    case diskFull(freeBytes: Int64, neededBytes: Int64)
    /// The disk or the journal refused. What is recorded so far is kept.
    case failed(operation: String, reason: String)
    /// There is no such recording.
    case unknown(id: String)
    /// The recording's state does not allow it.
    case wrongState(id: String, state: OutboxState, wish: String)

    /// From errno as it stands right after the call.
    static func system(_ operation: String, _ path: String) -> OutboxError {
        let number = errno
        if number == ENOSPC || number == EDQUOT { return .diskFull(freeBytes: 0, neededBytes: 1) }
        return .failed(operation: "\(operation) \(path)", reason: String(cString: strerror(number)))
    }

    static func wrapping(_ error: any Error, _ operation: String) -> OutboxError {
        if let error = error as? OutboxError { return error }
        if let error = error as? DatabaseError, error.resultCode == .SQLITE_FULL {
            return .diskFull(freeBytes: 0, neededBytes: 1)
        }
        return .failed(operation: operation, reason: "\(error)")
    }

    /// Whether there is no room, rather than something broken.
    public var isNoRoom: Bool {
        switch self {
        case .quotaReached, .diskFull: true
        case .locked, .unusable, .damaged, .failed, .unknown, .wrongState: false
        }
    }
}

extension OutboxError: CustomStringConvertible {
    /// A sentence for a person, that says what to do.
    public var description: String {
        switch self {
        case .locked(let folder, let processID):
            "The profile \(folder) is in use by process \(processID). "
                + "Wait until it has ended, or use another --profile."
        case .unusable(let folder, let reason): "The profile \(folder) cannot be used: \(reason)"
        case .damaged(let folder, let reason):
            "The journal of the profile \(folder) is damaged: \(reason)"
        case .quotaReached(let quotaBytes):
            "The outbox is full: recordings may take \(quotaBytes) bytes. "
                + "Send or delete some, or raise the quota."
        case .diskFull(let freeBytes, let neededBytes):
            "The disk is full: \(freeBytes) bytes are free, \(neededBytes) are needed."
        case .failed(let operation, let reason): "The outbox failed to \(operation): \(reason)"
        case .unknown(let id): "There is no recording \(id)."
        case .wrongState(let id, let state, let wish):
            "The recording \(id) is \(state.rawValue): it cannot be \(wish) now."
        }
    }
}

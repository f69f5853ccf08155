internal import Containers

/// Why a recording was not edited; it is as it was. The text is a sentence for a person.
public enum EditError: Error, Sendable, Equatable, CustomStringConvertible {
    /// This cannot be done with these recordings.
    case impossible(String)
    /// The outbox refused.
    case outbox(OutboxError)

    /// A sentence for a person, that says what to do.
    public var description: String {
        switch self {
        case .impossible(let reason): reason
        case .outbox(let error): error.description
        }
    }

    /// Of work on containers and on the outbox at once.
    static func wrapping<Value>(
        _ body: () throws(SpliceError) -> Value
    ) throws(EditError) -> Value {
        do throws(SpliceError) { return try body() } catch {
            throw .impossible(error.description)
        }
    }

    static func wrapping<Value>(
        _ body: () throws(OutboxError) -> Value
    ) throws(EditError) -> Value {
        do throws(OutboxError) { return try body() } catch { throw .outbox(error) }
    }
}

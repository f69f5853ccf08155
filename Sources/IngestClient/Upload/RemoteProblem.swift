internal import Foundation
internal import Wire

/// A problem as the server told it (RFC 9457), or what can be made of any other answer.
struct RemoteProblem: Sendable, CustomStringConvertible {
    let status: Int
    /// `chunk-conflict`, say; empty if the answer came from something that speaks otherwise.
    let name: String
    let detail: String
    /// Why a recording is gone, `deleted` or `expired`; or what a request lacks, a `Problem.Lack`.
    let reason: String?

    init(_ answer: NetworkAnswer) {
        status = answer.status
        // Whatever is no problem document, a proxy's page say, has only its status.
        let document = try? JSONDecoder().decode(Document.self, from: answer.body)
        name = document?.type?.split(separator: "/").last.map(String.init) ?? ""
        detail = document?.detail ?? document?.title ?? "an answer without an explanation"
        reason = document?.reason
    }

    /// Sending the same request again cannot help.
    var isFinal: Bool {
        switch status {
        case 408, 425, 429: false
        case 500...: false
        // Damaged on the way: the next try will be better. And what is no problem of this
        // protocol was said by something in between, a proxy or the page of a hotel's network.
        default: !["digest-mismatch", "too-far-ahead", ""].contains(name)
        }
    }

    /// For whoever counts retries: a problem's name, `status-502` if it has none. A name is the
    /// server's word, and this goes where words are counted.
    var cause: String {
        let isWord = name.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "-")
        }
        return (1...64).contains(name.utf8.count) && isWord ? name : "status-\(status)"
    }

    /// Why the server lets nobody in, for a person.
    ///
    /// - Parameter creating: it was to take a new recording, else something for one.
    func explainAccess(creating: Bool) -> String {
        let cause =
            switch reason.flatMap(Problem.Lack.init(rawValue:)) {
            case .applicationKey:
                "the server takes new recordings only with an application's key, and none is set"
            case .validApplicationKey:
                "the server does not take the application's key: it is wrong, revoked or expired"
            case .validCredential: "the recording's token has expired"
            case .credential, .token: "the server takes it only with a token"
            case nil where creating:
                "this key may not create recordings, or another recording has this id"
            case nil: "the server does not take the recording's token"
            }
        return "\(cause) (\(status) \(name))"
    }

    /// Nobody is let in.
    var isOfAccess: Bool { ["unauthorized", "forbidden"].contains(name) }

    var refusal: SendError { .refused(status: status, problem: name, detail: detail) }

    var description: String { "\(detail) (\(status)\(name.isEmpty ? "" : " " + name))" }

    private struct Document: Decodable {
        let type: String?
        let title: String?
        let detail: String?
        let reason: String?
    }
}

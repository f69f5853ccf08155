internal import HTTP1
internal import Posix
internal import Transport
internal import Wire

/// A request's body that says something in JSON.
enum JSONBody {
    /// Creations and finalizes take a few hundred bytes.
    static let bytesMax = 64 << 10

    /// Errors: `unsupported-media-type`, `length-required`, `bad-request`.
    static func check(_ head: RequestHead) throws(Problem) {
        if head.framing == .none { throw .lengthRequired }
        guard let type = head.fields[Names.contentType], isJSON(type) else {
            throw .unsupportedMediaType
        }
        if let coding = head.fields[Names.contentEncoding], coding.lowercased() != "identity" {
            throw .unsupportedMediaType
        }
    }

    /// The body's bytes. Call `check` first.
    static func read(
        _ exchange: Exchange, bytesMax: Int = bytesMax
    ) async -> Result<[UInt8], Outcome> {
        do throws(BodyError) {
            return .success(Array(try await exchange.readBody(maxBytes: bytesMax).buffer))
        } catch {
            if case .tooLarge = error {
                return .failure(.answer(.problem(413, "Content Too Large", tooLong)))
            }
            return .failure(Outcome(error))
        }
    }

    /// `application/json` or anything with the suffix (RFC 6839 §3.1); parameters are ignored.
    static func isJSON(_ contentType: String) -> Bool {
        let type = contentType.prefix { $0 != ";" }.lowercased()
            .split(separator: " ").joined()
        return type == "application/json"
            || (type.hasPrefix("application/") && type.hasSuffix("+json"))
    }

    private static let tooLong = "The body must be at most \(bytesMax) bytes of JSON."
}

extension Outcome: Error {}

import Foundation

/// How documents become JSON (RFC 8259) and come back.
package enum WireJSON {
    /// The document with its keys in order and slashes as they are, so that the same document is
    /// always the same bytes.
    package static func encode(_ document: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        do {
            return [UInt8](try encoder.encode(document))
        } catch {
            preconditionFailure("A document of the protocol is always JSON: \(error)")
        }
    }

    /// The document in `body`; members it does not know are ignored.
    ///
    /// - Throws: `Problem.badRequest`, which names the member at fault.
    package static func decode<Document: Decodable>(
        _ type: Document.Type, from body: [UInt8]
    ) throws(Problem) -> Document {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        do {
            return try decoder.decode(type, from: Data(body))
        } catch let error as DecodingError {
            throw .badRequest(detail: explain(error))
        } catch {
            throw .badRequest(detail: "The body is not a JSON document.")
        }
    }

    private static func explain(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, _):
            return "The member \"\(key.stringValue)\" is missing."
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            guard !context.codingPath.isEmpty else { return "The body must be a JSON object." }
            return "The member \"\(path(context))\" has a value of the wrong type."
        case .dataCorrupted(let context):
            guard !context.codingPath.isEmpty else { return "The body is not a JSON document." }
            return "The member \"\(path(context))\" has a value that cannot be read."
        @unknown default:
            return "The body is not a JSON document."
        }
    }

    private static func path(_ context: DecodingError.Context) -> String {
        context.codingPath.map(\.stringValue).joined(separator: ".")
    }
}

/// A JSON value whose shape is not a type of its own.
package enum JSONValue: Sendable, Equatable, Encodable {
    case null
    case boolean(Bool)
    case integer(Int64)
    /// A number that is not whole.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .boolean(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let values): try container.encode(values)
        case .object(let members): try container.encode(members)
        }
    }
}

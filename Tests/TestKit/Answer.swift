internal import Foundation

/// An HTTP answer as it came off the wire.
package struct Answer: Sendable, CustomStringConvertible {
    package let status: Int
    package let fields: [Field]
    package let body: [UInt8]

    package struct Field: Sendable {
        package let name: String
        package let value: String
    }

    /// The first field of that name, whatever its case.
    package subscript(name: String) -> String? {
        fields.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as JSON. Errors: it is none.
    package func json() throws -> JSON {
        try JSONDecoder().decode(JSON.self, from: Data(body))
    }

    /// The `type` of a problem without its folder, `chunk-conflict` say; nil if it is none.
    package var problem: String? {
        guard self["Content-Type"] == "application/problem+json", let json = try? json(),
            let type = json["type"]?.text
        else { return nil }
        return type.split(separator: "/").last.map(String.init)
    }

    package var description: String {
        "\(status) \(fields.map { "\($0.name): \($0.value)" }) \(text.prefix(500))"
    }
}

/// Any JSON, for tests that look at single members.
package enum JSON: Sendable, Equatable, Decodable {
    case null
    case flag(Bool)
    case number(Double)
    case text(String)
    case list([JSON])
    case members([String: JSON])

    package init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let flag = try? value.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let list = try? value.decode([JSON].self) {
            self = .list(list)
        } else {
            self = .members(try value.decode([String: JSON].self))
        }
    }

    package subscript(name: String) -> JSON? {
        if case .members(let members) = self { members[name] } else { nil }
    }

    package var text: String? { if case .text(let text) = self { text } else { nil } }
    package var integer: Int64? { if case .number(let value) = self { Int64(value) } else { nil } }
    package var number: Double? { if case .number(let value) = self { value } else { nil } }
    package var list: [JSON]? { if case .list(let list) = self { list } else { nil } }
}

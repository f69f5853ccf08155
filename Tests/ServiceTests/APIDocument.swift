import Foundation
import Yams

/// `openapi.yaml`, as far as answers are held against it.
struct APIDocument {
    struct Operation {
        let id: String
        let method: String
        let path: String
        let responses: [Int: Response]
    }

    /// What one status may carry.
    struct Response {
        /// Names of fields, and whether they must be there.
        var fields: [String: Bool] = [:]
        var types: Set<String> = []
        /// Types of problems, without their folder.
        var problems: Set<String> = []
    }

    struct Unreadable: Error { let what: String }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let file = root.appending(path: "Sources/IngestServer/openapi.yaml")

    private(set) var operations: [Operation] = []
    private let tree: [String: Any]

    init() throws {
        let text = try String(contentsOf: Self.file, encoding: .utf8)
        guard let tree = try Yams.load(yaml: text) as? [String: Any],
            let paths = tree["paths"] as? [String: [String: Any]]
        else { throw Unreadable(what: "paths") }
        self.tree = tree
        for (path, item) in paths {
            for method in ["get", "head", "put", "post", "delete"] {
                guard let operation = item[method] as? [String: Any] else { continue }
                operations.append(try read(operation, method.uppercased(), path))
            }
        }
    }

    /// What a request asks for.
    func operation(_ method: String, _ target: String) -> Operation? {
        let path = target.prefix { $0 != "?" }.split(separator: "/")
        return operations.first { operation in
            let template = operation.path.split(separator: "/")
            return operation.method == method && template.count == path.count
                && zip(template, path).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }
    }

    /// The names of all routes, as `Route.name` spells them.
    static func routeNames() throws -> Set<String> {
        let file = root.appending(path: "Sources/Wire/Route.swift")
        let text = try String(contentsOf: file, encoding: .utf8)
        let lines = text.split(separator: "\n").filter { $0.contains("        case .") }
        return Set(
            lines.compactMap { line in
                let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
                return parts.count == 3 ? String(parts[1]) : nil
            })
    }

    private func read(
        _ operation: [String: Any], _ method: String, _ path: String
    ) throws -> Operation {
        guard let id = operation["operationId"] as? String,
            let responses = operation["responses"] as? [String: Any]
        else { throw Unreadable(what: "\(method) \(path)") }
        var read: [Int: Response] = [:]
        for (status, response) in responses {
            guard let status = Int(status) else { throw Unreadable(what: "\(id) \(status)") }
            read[status] = try self.response(try resolve(response))
        }
        return Operation(id: id, method: method, path: path, responses: read)
    }

    private func response(_ members: [String: Any]) throws -> Response {
        var response = Response()
        for (name, field) in members["headers"] as? [String: Any] ?? [:] {
            response.fields[name] = try resolve(field)["required"] as? Bool ?? false
        }
        for (type, content) in members["content"] as? [String: Any] ?? [:] {
            response.types.insert(type)
            guard type == "application/problem+json", let content = content as? [String: Any],
                let schema = content["schema"]
            else { continue }
            for choice in (schema as? [String: Any])?["anyOf"] as? [Any] ?? [schema] {
                let properties = try resolve(choice)["properties"] as? [String: Any]
                let type = (properties?["type"] as? [String: Any])?["const"] as? String
                if let type { response.problems.insert(type.replacing("/problems/", with: "")) }
            }
        }
        return response
    }

    /// What a `$ref` points to; anything else is what it is.
    private func resolve(_ value: Any) throws -> [String: Any] {
        guard let members = value as? [String: Any] else { throw Unreadable(what: "\(value)") }
        guard let reference = members["$ref"] as? String else { return members }
        var place: Any = tree
        for part in reference.split(separator: "/").dropFirst() {
            guard let next = (place as? [String: Any])?[String(part)] else {
                throw Unreadable(what: reference)
            }
            place = next
        }
        return try resolve(place)
    }
}

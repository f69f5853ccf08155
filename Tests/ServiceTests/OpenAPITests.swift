import Foundation
import Glibc
import TestKit
import Testing
import Wire
import Yams

extension Service {
    /// What the server says of itself is what it does.
    @Suite("OpenAPI") struct OpenAPITests {
        @Test("it is served as it lies in the repository, to everyone")
        func isServed() throws {
            let server = try ServerProcess()
            let answer = try RecordingClient(port: server.port).get("/openapi.yaml")
            #expect(answer.status == 200)
            #expect(answer["Content-Type"] == "application/yaml")
            let isSame = answer.body == [UInt8](try Data(contentsOf: APIDocument.file))
            #expect(isSame)
        }

        @Test("every route of the server is in it, and nothing else")
        func routes() throws {
            let document = try APIDocument()
            var described: Set<String> = []
            for operation in document.operations {
                let path = operation.path
                    .replacing("{id}", with: "01a0c450-6c00-7000-8000-000000000001")
                    .replacing("{offset}", with: "0")
                let route = try Route.parse(method: operation.method, path: path, query: nil)
                described.insert(route.name)
            }
            let names = try APIDocument.routeNames()
            #expect(described == names)
        }

        @Test("every answer, of each operation, has a status and a media type that it declares")
        func answers() throws {
            let document = try APIDocument()
            let server = try ServerProcess(settings: ["chunk-bytes-max": "1048576"])
            let client = RecordingClient(port: server.port)
            var driven: Set<String> = []
            var seen: [String: Set<Int>] = [:]
            var random = SeededRandom(0x0A91)
            let sound = random.recordingID()
            try client.deliver(try SharedRecordings.fixture("fx-ogg-opus-ts1000"), as: sound)
            try server.waitForBackground(sound)
            for row in APIRow.all + APIRow.waveforms(of: "/recordings/\(sound)") {
                let answer = try client.request(row.method, row.target, row.fields, row.body)
                let operation = try #require(
                    document.operation(row.method, row.target), "\(row.method) \(row.target)")
                driven.insert(operation.id)
                seen[operation.id, default: []].insert(answer.status)
                #expect(row.status == answer.status, "\(row.method) \(row.target): \(answer)")
                check(answer, of: operation, in: document)
            }
            let all = Set(document.operations.map(\.id))
            #expect(driven == all, "\(all.subtracting(driven)) is never asked for")
            #expect(seen.values.allSatisfy { $0.contains { $0 < 300 } }, "\(seen)")
        }

        @Test("without a credential a closed server says 401 to all but what is for everyone")
        func closed() throws {
            let document = try APIDocument()
            let server = try ServerProcess(settings: ["open": "false"])
            let client = RecordingClient(port: server.port)
            for operation in document.operations {
                let target = operation.path
                    .replacing("{id}", with: "01a0c450-6c00-7000-8000-000000000001")
                    .replacing("{offset}", with: "0")
                let answer = try client.request(operation.method, target)
                let isPublic = ["health", "ready", "openapi"].contains(operation.id)
                #expect(answer.status == (isPublic ? 200 : 401), "\(operation.id): \(answer)")
                check(answer, of: operation, in: document)
            }
        }

        private func check(
            _ answer: Answer, of operation: APIDocument.Operation, in document: APIDocument
        ) {
            guard let declared = operation.responses[answer.status] else {
                Issue.record("\(operation.id) does not declare \(answer.status): \(answer)")
                return
            }
            for (name, isRequired) in declared.fields where isRequired {
                #expect(answer[name] != nil, "\(operation.id) \(answer.status) lacks \(name)")
            }
            if operation.method == "HEAD" || answer.body.isEmpty { return }
            let type = answer["Content-Type"]?.prefix { $0 != ";" }.lowercased() ?? "none"
            let group = type.prefix { $0 != "/" } + "/*"
            #expect(
                declared.types.contains(type) || declared.types.contains(String(group)),
                "\(operation.id) \(answer.status) does not declare \(type)")
            if let problem = answer.problem, !declared.problems.isEmpty {
                #expect(
                    declared.problems.contains(problem),
                    "\(operation.id) \(answer.status) does not declare \(problem)")
            }
        }
    }
}

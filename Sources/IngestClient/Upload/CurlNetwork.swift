#if os(Linux)
    internal import CCurl
    internal import Dispatch
    internal import Foundation
    internal import Wire

    /// HTTP by libcurl: the way on Linux, where Foundation's client ends the process when a server
    /// goes away between a request and its answer ("Transfer completed, but there's no response").
    /// Connections are kept from request to request.
    package struct CurlNetwork: Network {
        private let timeoutSeconds: Int
        /// Each request blocks one of its threads; the uploader bounds how many there are.
        private static let queue = DispatchQueue(
            label: "holdfast.network", attributes: .concurrent)

        /// - Parameter timeoutSeconds: a request without progress for so long has failed.
        package init(timeoutSeconds: Double = 60) {
            self.timeoutSeconds = max(1, Int(timeoutSeconds.rounded(.up)))
        }

        package func exchange(
            _ request: NetworkRequest
        ) async throws(NetworkError) -> NetworkAnswer {
            let outcome = await withCheckedContinuation { continuation in
                Self.queue.async { continuation.resume(returning: perform(request)) }
            }
            return try outcome.get()
        }

        /// Blocks.
        private func perform(_ request: NetworkRequest) -> Result<NetworkAnswer, NetworkError> {
            let fields = request.fields.map { strdup("\($0.name): \($0.value)") }
            defer { for field in fields { free(field) } }
            let pointers = fields.map { UnsafePointer($0) }
            var answer = holdfast_answer()
            let result = pointers.withUnsafeBufferPointer { pointers in
                (request.body ?? Data()).withUnsafeBytes { body in
                    request.method.withCString { method in
                        request.url.absoluteString.withCString { url in
                            // Data of no bytes may have no address; a body of none has one.
                            let none = UnsafeRawPointer(method)
                            let bytes = request.body == nil ? nil : body.baseAddress ?? none
                            var asked = holdfast_request(
                                method: method, url: url, fields: pointers.baseAddress,
                                field_count: pointers.count,
                                body: bytes?.assumingMemoryBound(to: UInt8.self),
                                body_count: body.count, timeout_seconds: timeoutSeconds)
                            return holdfast_exchange(&asked, &answer)
                        }
                    }
                }
            }
            defer {
                free(answer.fields)
                free(answer.body)
            }
            if result != 0 { return .failure(NetworkError(Self.text(of: answer.error))) }
            let body = answer.body.map { Data(bytes: $0, count: answer.body_count) } ?? Data()
            let lines = answer.fields.map { String(cString: $0) } ?? ""
            return .success(Self.answer(Int(answer.status), lines, body))
        }

        /// - Parameter lines: field lines, as they came.
        static func answer(_ status: Int, _ lines: String, _ body: Data) -> NetworkAnswer {
            var numbers: [String: Int64] = [:]
            for line in lines.split(whereSeparator: \.isNewline) {
                let parts = line.split(separator: ":", maxSplits: 1)
                guard parts.count == 2 else { continue }
                let value = parts[1].trimmingCharacters(in: .whitespaces)
                if let number = Int64(value) { numbers[parts[0].lowercased()] = number }
            }
            return NetworkAnswer(
                status: status,
                retryAfter: numbers[Names.retryAfter.lowercased()].map { .seconds(max(0, $0)) },
                recordingPrefix: numbers[Names.recordingPrefix.lowercased()], body: body)
        }

        private static func text(of error: (some Any)) -> String {
            withUnsafeBytes(of: error) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
        }
    }
#endif

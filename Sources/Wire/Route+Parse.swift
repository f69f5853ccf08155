import Recordings

extension Route {
    /// Reads method and target of a request. HEAD is taken wherever GET is.
    ///
    /// - Parameters:
    ///   - path: raw, as it was sent: begins with `/`, percent-encoded.
    ///   - query: raw, without the question mark.
    /// - Throws: `Problem.notFound`; `.methodNotAllowed`, with the methods that are; `.badRequest`
    ///   when an encoding is broken, or an id, an offset or a parameter cannot be read.
    package static func parse(
        method: String, path: String, query: String?
    ) throws(Problem) -> Route {
        let resource = try Resource(path: path)
        guard let verb = Verb(method), resource.verbs.contains(verb) else {
            throw .methodNotAllowed(allow: resource.allow)
        }
        return try resource.route(verb, query: query)
    }

    static func id(_ text: Substring, for verb: Verb) throws(Problem) -> RecordingID {
        if let id = RecordingID(text) { return id }
        // There is none of that name to read; and what is written gets told the form.
        guard verb != .get else { throw .notFound }
        throw .badRequest(detail: "A recording's id is a UUID in lower case.")
    }

    static func offset(_ text: Substring) throws(Problem) -> Int64 {
        let isCanonical = text == "0" || text.utf8.first != UInt8(ascii: "0")
        guard isCanonical, text.utf8.allSatisfy(StructuredField.isDigit), let offset = Int64(text)
        else {
            throw .badRequest(
                detail: "A chunk's offset is a decimal number, without sign or leading zeros.")
        }
        return offset
    }
}

/// The methods that mean something here.
enum Verb {
    case get, put, post, delete

    /// Method names are case-sensitive (RFC 9110 §9.1).
    init?(_ method: String) {
        switch method {
        case "GET", "HEAD": self = .get
        case "PUT": self = .put
        case "POST": self = .post
        case "DELETE": self = .delete
        default: return nil
        }
    }

    var methods: [String] {
        switch self {
        case .get: ["GET", "HEAD"]
        case .put: ["PUT"]
        case .post: ["POST"]
        case .delete: ["DELETE"]
        }
    }
}

/// A path's segments, decoded one after the other. By bytes, and without an array: a chunk's path
/// is read in 0.5 µs instead of 15.
private struct PathSegments {
    private var rest: Substring.UTF8View?
    private let isEncoded: Bool

    init(_ path: String) throws(Problem) {
        guard path.utf8.first == UInt8(ascii: "/") else { throw .notFound }
        isEncoded = path.utf8.contains(UInt8(ascii: "%"))
        rest = path.utf8.dropFirst()
    }

    /// Nil after the last. Throws: `.notFound` for an empty segment, `.badRequest` for a broken
    /// encoding.
    mutating func next() throws(Problem) -> Substring? {
        guard let rest else { return nil }
        let raw = rest.prefix { $0 != UInt8(ascii: "/") }
        self.rest = raw.endIndex < rest.endIndex ? rest[raw.endIndex...].dropFirst() : nil
        guard !raw.isEmpty else { throw .notFound }
        guard isEncoded else { return Substring(raw) }
        guard let segment = PercentEncoding.decode(Substring(raw)) else {
            throw .badRequest(detail: "The path has a broken percent-encoding.")
        }
        return segment[...]
    }
}

/// What a path names, whatever the method.
private enum Resource {
    case recordings
    case recording(Substring)
    case chunks(Substring)
    case chunk(Substring, offset: Substring)
    case finalize(Substring)
    case status(Substring)
    case media(Substring)
    case waveform(Substring, WaveformFormat?)
    case links(Substring)
    case telemetry
    case metrics
    case health
    case ready

    init(path: String) throws(Problem) {
        var segments = try PathSegments(path)
        guard let first = try segments.next() else { throw .notFound }
        guard let second = try segments.next() else {
            switch first {
            case "telemetry": self = .telemetry
            case "metrics": self = .metrics
            case "healthz": self = .health
            case "readyz": self = .ready
            case "recordings": self = .recordings
            default: throw .notFound
            }
            return
        }
        let third = try segments.next()
        let fourth = try segments.next()
        guard first == "recordings", try segments.next() == nil else { throw .notFound }
        switch (third, fourth) {
        case (nil, nil): self = .recording(second)
        case ("chunks", let offset?): self = .chunk(second, offset: offset)
        case ("chunks", nil): self = .chunks(second)
        case ("finalize", nil): self = .finalize(second)
        case ("status", nil): self = .status(second)
        case ("links", nil): self = .links(second)
        case ("media", nil): self = .media(second)
        case ("waveform", nil): self = .waveform(second, nil)
        case ("waveform.json", nil): self = .waveform(second, .json)
        case ("waveform.svg", nil): self = .waveform(second, .svg)
        default: throw .notFound
        }
    }

    var verbs: [Verb] {
        switch self {
        case .recordings: [.get, .post]
        case .recording: [.get, .put, .delete]
        case .chunks, .finalize, .links, .telemetry: [.post]
        case .chunk: [.put]
        case .status, .media, .waveform, .metrics, .health, .ready: [.get]
        }
    }

    var allow: [String] { verbs.flatMap(\.methods) }

    func route(_ verb: Verb, query: String?) throws(Problem) -> Route {
        switch self {
        case .recordings:
            return verb == .post
                ? .createAnonymous : .list(try ListQuery(try QueryParameters(query)))
        case .recording(let text):
            let id = try Route.id(text, for: verb)
            switch verb {
            case .put: return .createRecording(id)
            case .delete: return .delete(id)
            case .get, .post: return .recording(id)
            }
        case .chunks(let text):
            return .chunkAnonymousOffset(try Route.id(text, for: verb))
        case .chunk(let text, let offset):
            return .chunk(try Route.id(text, for: verb), offset: try Route.offset(offset))
        case .finalize(let text):
            return .finalize(try Route.id(text, for: verb))
        case .status(let text):
            return .status(try Route.id(text, for: verb))
        case .media(let text):
            let id = try Route.id(text, for: verb)
            return .media(id, asReceived: try QueryParameters(query).isAsReceived())
        case .waveform(let text, let format):
            let id = try Route.id(text, for: verb)
            if let format { return .waveform(id, format) }
            return .waveform(id, try QueryParameters(query).waveformFormat())
        case .links(let text):
            return .link(try Route.id(text, for: verb))
        case .telemetry: return .telemetry
        case .metrics: return .metrics
        case .health: return .health
        case .ready: return .ready
        }
    }
}

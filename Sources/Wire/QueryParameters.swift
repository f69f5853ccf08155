import Recordings

/// The parameters of a query, in the form that HTML forms write: `a=b&c=d`, a plus for a space.
struct QueryParameters {
    private var values: [String: String] = [:]

    /// - Throws: `Problem.badRequest` when an encoding is broken, or a name comes twice.
    init(_ query: String?) throws(Problem) {
        for part in (query ?? "").split(separator: "&") {
            let sides = part.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decode(sides[0]),
                let value = sides.count > 1 ? Self.decode(sides[1]) : ""
            else {
                throw .badRequest(detail: "The query has a broken percent-encoding.")
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw .badRequest(detail: "The query has the same parameter twice.")
            }
        }
    }

    subscript(name: String) -> String? { values[name] }

    /// Whether the media is asked for as it was received.
    func isAsReceived() throws(Problem) -> Bool {
        switch self["as"] {
        case nil: return false
        case "received": return true
        default: throw .badRequest(detail: "The parameter \"as\" can only be: received.")
        }
    }

    /// The form in which a waveform is asked for; nil leaves it open.
    func waveformFormat() throws(Problem) -> WaveformFormat? {
        guard let text = self["format"] else { return nil }
        guard let format = WaveformFormat(rawValue: text) else {
            throw .badRequest(detail: "The parameter \"format\" can be: json, svg.")
        }
        return format
    }

    private static func decode(_ text: Substring) -> String? {
        PercentEncoding.decode(text, plusIsSpace: true)
    }
}

extension ListQuery {
    /// - Throws: `Problem.badRequest`, which names the parameter at fault.
    init(_ parameters: QueryParameters) throws(Problem) {
        self.init()
        if let text = parameters["state"] {
            guard let state = RecordingState(rawValue: text) else {
                let states = RecordingState.allCases.map(\.rawValue).joined(separator: ", ")
                throw .badRequest(detail: "The parameter \"state\" can be: \(states).")
            }
            self.state = state
        }
        if let text = parameters["after"] {
            guard let after = RecordingID(text) else {
                throw .badRequest(
                    detail: "The parameter \"after\" is the \"next\" of the page before.")
            }
            self.after = after
        }
        if let text = parameters["limit"] {
            guard let limit = StructuredField.integer(text), (1...Int64(Self.limitMax)) ~= limit
            else {
                throw .badRequest(
                    detail: "The parameter \"limit\" goes from 1 to \(Self.limitMax).")
            }
            self.limit = Int(limit)
        }
    }
}

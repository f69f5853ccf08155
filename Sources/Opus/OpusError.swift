internal import COpus

/// What libopus refused, in its own words.
package struct OpusError: Error, Equatable, Sendable, CustomStringConvertible {
    package let code: Int32

    package init(code: Int32) { self.code = code }

    package var description: String { String(cString: opus_strerror(code)) }
}

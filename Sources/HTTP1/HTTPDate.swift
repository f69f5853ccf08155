/// Dates as HTTP writes them (RFC 9110 §5.6.7).
package enum HTTPDate {
    /// `Sun, 06 Nov 1994 08:49:37 GMT` from seconds since 1970 (years 0–9999).
    package static func text(unixSeconds: Int64) -> String { "" }

    /// Seconds since 1970, from any of the three formats; nil when it is none of them.
    package static func unixSeconds(_ text: String) -> Int64? { nil }
}

/// Whose a recording is: fixed by its creation, and kept with it in log and manifest.
package struct Owner: Codable, Sendable, Equatable {
    /// SHA-256 of its token; nil: it has none.
    var tokenDigest: [UInt8]?
    /// The name of the application key that it was created with. A later key of the same name is
    /// the same application's.
    var application: String?

    package init() {}

    init(tokenDigest: [UInt8]?, application: String?) {
        self.tokenDigest = tokenDigest
        self.application = application
    }
}

extension Settings {
    /// What one key alone cannot show. Errors: a sentence about the first two that do not fit.
    package func check() throws(SettingsError) {
        try require(
            chunks.chunkBytesMax <= log.segmentBytes / 4,
            "chunkBytesMax (\(chunks.chunkBytesMax)) must be at most a quarter of segmentBytes "
                + "(\(log.segmentBytes)).")
        try require(
            chunks.chunkBytesMax <= connections.bodyBytesInFlightMax,
            "bodyBytesInFlightMax (\(connections.bodyBytesInFlightMax)) must have room for one "
                + "chunk of chunkBytesMax (\(chunks.chunkBytesMax)).")
        try require(
            chunks.windowBytesMax >= chunks.chunkBytesMax,
            "windowBytesMax (\(chunks.windowBytesMax)) must be at least chunkBytesMax "
                + "(\(chunks.chunkBytesMax)).")
        try require(
            log.segmentBytes % (1 << 20) == 0,
            "segmentBytes (\(log.segmentBytes)) must be a multiple of 1048576.")
        try require(
            log.logBytesMax >= log.logReserveBytes + 2 * log.segmentBytes,
            "logBytesMax (\(log.logBytesMax)) must be at least logReserveBytes and two "
                + "segments (\(log.logReserveBytes + 2 * log.segmentBytes)).")
        try require(
            log.logPoolBytes <= log.logBytesMax,
            "logPoolBytes (\(log.logPoolBytes)) must be at most logBytesMax "
                + "(\(log.logBytesMax)).")
        try require(
            connections.targetBytesMax < connections.headBytesMax,
            "targetBytesMax (\(connections.targetBytesMax)) must be less than headBytesMax "
                + "(\(connections.headBytesMax)).")
        let host = try address.host
        try require(
            !access.open || Self.isLoopback(host),
            "open lets everyone do everything, so listen (\(listen)) must be on loopback: "
                + "127.0.0.1 or [::1]. Leave it out, and the first start prints keys.")
        _ = try CORS(access.corsOrigins)
        try checkTLS(listensTo: host)
    }

    private func checkTLS(listensTo host: String) throws(SettingsError) {
        let isPlain = tls.tlsCertificate == "none"
        try require(
            isPlain == (tls.tlsKey == "none"), "tlsCertificate and tlsKey belong together.")
        try require(
            !isPlain || tls.tlsClientCa == "none",
            "tlsClientCa makes no sense without tlsCertificate.")
        try require(
            !isPlain || tls.plainAllowed || Self.isLoopback(host),
            "listen (\(listen)) is open to other machines, which takes TLS: set tlsCertificate and "
                + "tlsKey. Where something in front of the server ends TLS, set plainAllowed.")
    }

    /// Nobody but this machine reaches it.
    private static func isLoopback(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        let isAddress = parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
        return host == "localhost" || host == "::1" || isAddress && parts[0] == "127"
    }

    /// `listen`, taken apart. An IPv6 address stands in brackets: `[::1]:8080`.
    package var address: (host: String, port: UInt16) {
        get throws(SettingsError) {
            guard let colon = listen.lastIndex(of: ":"),
                let port = UInt16(listen[listen.index(after: colon)...])
            else {
                throw SettingsError(
                    "listen must be an address and a port, 127.0.0.1:8080 say, not “\(listen)”.")
            }
            var host = listen[..<colon]
            if host.hasPrefix("["), host.hasSuffix("]") {
                host = host.dropFirst().dropLast()
            } else if host.contains(":") {
                throw SettingsError("listen: put the IPv6 address in brackets, [::1]:8080 say.")
            }
            if host.isEmpty { throw SettingsError("listen lacks the address in “\(listen)”.") }
            return (String(host), port)
        }
    }

    /// What differs from the defaults, by key. None of it is secret.
    var changes: [String: String] {
        let defaults = Settings()
        let changed = Setting.all.filter { $0.text(in: self) != $0.text(in: defaults) }
        return Dictionary(
            uniqueKeysWithValues: changed.map { ("settings.\($0.key)", $0.text(in: self)) })
    }

    private func require(
        _ isFine: Bool, _ sentence: @autoclosure () -> String
    ) throws(SettingsError) {
        if !isFine { throw SettingsError(sentence()) }
    }
}

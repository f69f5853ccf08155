internal import HTTP1
internal import Transport

extension Settings {
    /// What TLS is served with; nil for plain HTTP.
    var tlsFiles: TLSFiles? {
        guard tls.tlsCertificate != "none" else { return nil }
        var files = TLSFiles(certificate: tls.tlsCertificate, key: tls.tlsKey)
        files.clientAuthorities = tls.tlsClientCa == "none" ? nil : tls.tlsClientCa
        files.requiresClientCertificate = tls.tlsClientRequired
        return files
    }

    /// What the transport takes of them.
    var transportLimits: TransportLimits {
        var limits = TransportLimits()
        limits.connectionsMax = connections.connectionsMax
        limits.connectionsPerAddressMax = connections.connectionsPerAddressMax
        limits.tlsHandshakeTimeout = .seconds(tls.tlsHandshakeTimeoutSeconds)
        limits.headTimeout = .seconds(connections.headTimeoutSeconds)
        limits.idleTimeout = .seconds(connections.idleTimeoutSeconds)
        limits.writeTimeout = .seconds(connections.writeTimeoutSeconds)
        limits.bodyBytesPerSecondMin = connections.bodyBytesPerSecondMin
        limits.bodyBytesInFlightMax = connections.bodyBytesInFlightMax
        limits.lingerBytesMax = connections.lingerBytesMax
        limits.lingerTime = .seconds(connections.lingerSeconds)
        limits.http.headBytesMax = connections.headBytesMax
        limits.http.fieldCountMax = connections.fieldCountMax
        limits.http.targetBytesMax = connections.targetBytesMax
        return limits
    }
}

internal import COpenSSL
internal import Posix

/// Where a server's certificate and its rules for clients are: files in PEM.
package struct TLSFiles: Sendable, Equatable {
    /// The server's certificate, those of its issuers behind it.
    package var certificate: String
    package var key: String
    /// Clients show a certificate of one of these; nil asks for none.
    package var clientAuthorities: String?
    /// Whether a client without a certificate is turned away.
    package var requiresClientCertificate = true

    package init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }
}

/// Why TLS cannot be served, as a sentence.
package struct TLSError: Error, Sendable, CustomStringConvertible {
    package let description: String
}

/// A certificate, its key, and everything else that connections of a server share. Its keys for
/// tickets are its own: a session is resumed only with the context that began it.
// SAFETY: nothing changes after init but what OpenSSL guards with locks of its own.
package final class TLSContext: @unchecked Sendable {
    let raw: OpaquePointer

    /// Reads the files. Blocks. Errors: a sentence that names the file.
    package init(_ files: TLSFiles) throws(TLSError) {
        guard let raw = SSL_CTX_new(TLS_server_method()) else {
            throw Self.error("OpenSSL has no memory")
        }
        self.raw = raw
        guard holdfast_tls_configure(raw) == 1 else {
            throw Self.error("OpenSSL does not know the suites")
        }
        guard SSL_CTX_use_certificate_chain_file(raw, files.certificate) == 1 else {
            throw Self.error("The certificate \(files.certificate) cannot be used")
        }
        guard SSL_CTX_use_PrivateKey_file(raw, files.key, SSL_FILETYPE_PEM) == 1,
            SSL_CTX_check_private_key(raw) == 1
        else { throw Self.error("The key \(files.key) cannot be used with the certificate") }
        guard let authorities = files.clientAuthorities else { return }
        guard SSL_CTX_load_verify_locations(raw, authorities, nil) == 1,
            let names = SSL_load_client_CA_file(authorities)
        else { throw Self.error("The authorities \(authorities) cannot be used") }
        SSL_CTX_set_client_CA_list(raw, names)
        let required = files.requiresClientCertificate ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0
        SSL_CTX_set_verify(raw, SSL_VERIFY_PEER | required, nil)
    }

    deinit { SSL_CTX_free(raw) }

    private static func error(_ sentence: String) -> TLSError {
        TLSError(description: "\(sentence): \(TLSChannel.takeReason()).")
    }
}

/// The context that the next connection gets.
final class TLSSource: Sendable {
    private let context: Lock<TLSContext>

    init(_ context: TLSContext) { self.context = Lock(context) }

    var current: TLSContext {
        get { context.withLock { $0 } }
        set { context.withLock { $0 = newValue } }
    }
}

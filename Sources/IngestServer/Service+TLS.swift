internal import Logging
internal import Reactor
internal import Transport

extension Service {
    /// Tickets' keys live no longer than their context: who finds one out cannot read what was
    /// recorded before for ever (RFC 8446 §2.2, of TLS 1.2 tickets above all).
    private static let renewalInterval: Duration = .seconds(12 * 3600)

    static func tlsContext(_ files: TLSFiles) throws(ServiceError) -> TLSContext {
        do throws(TLSError) {
            return try TLSContext(files)
        } catch {
            throw ServiceError("\(error)")
        }
    }

    /// Reads certificate and key again, for new connections. Whatever is wrong with them: those
    /// that are there stay, and the log says so. Nothing for a server of plain HTTP.
    func reloadCertificate() {
        if let files = settings.tlsFiles { Self.renew(files, server, logger) }
    }

    /// Renews twice a day, until it is cancelled.
    static func renewing(
        _ settings: Settings, _ server: HTTPServer, _ loops: [EventLoop], _ logger: Logger
    ) -> Task<Void, Never>? {
        guard let files = settings.tlsFiles, let loop = loops.first else { return nil }
        return Task(executorPreference: loop) {
            while true {
                await loop.sleep(until: .now() + renewalInterval)
                if Task.isCancelled { return }
                renew(files, server, logger)
            }
        }
    }

    private static func renew(_ files: TLSFiles, _ server: HTTPServer, _ logger: Logger) {
        do throws(TLSError) {
            server.renew(try TLSContext(files))
            logger.notice("certificate read", metadata: ["file": "\(files.certificate)"])
            Audit(logger).note(
                "reload-certificate", by: "process", ["file": "\(files.certificate)"])
        } catch {
            logger.error("the certificate stays as it was", metadata: ["error": "\(error)"])
            Audit(logger).note("reload-certificate", by: "process", outcome: "failed")
        }
    }
}

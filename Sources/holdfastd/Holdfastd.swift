internal import Glibc
internal import IngestServer
internal import Logging

/// The server's process: reads the settings, serves in the foreground until SIGTERM or SIGINT,
/// lets the requests under way end, and exits with 0.
///
/// Exit codes: 0 after a signal, 1 when the service cannot start or fails, 2 when what it was
/// told makes no sense.
@main
enum Holdfastd {
    /// The main thread waits for signals; everything else runs on other threads. Detached, for
    /// a plain task would inherit the main actor, which never runs.
    static func main() {
        let signals = ProcessSignals()
        Task.detached {
            await run(until: signals)
            exit(0)
        }
        signals.watch()
    }

    private static func run(until signals: ProcessSignals) async {
        do throws(SettingsError) {
            switch try Request.parse(CommandLine.arguments) {
            case .help: print(help, terminator: "")
            case .version: print("holdfastd \(Service.version)")
            case .serve(let file):
                let settings = try await Settings.read(
                    arguments: CommandLine.arguments, file: file)
                await serve(settings, until: signals)
            case .token(let command, let arguments, let file):
                let settings = try await Settings.read(arguments: arguments, file: file)
                run(command, settings)
            }
        } catch {
            end("\(error) holdfastd --help lists the settings.", code: 2)
        }
    }

    private static func serve(_ settings: Settings, until signals: ProcessSignals) async {
        let level = Logger.Level(rawValue: settings.logLevel) ?? .info
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
        let logger = Logger(label: "holdfastd")
        let service: Service
        do throws(ServiceError) {
            service = try Service.start(settings, logger)
        } catch {
            end("\(error)", code: 1)
        }
        if let welcome = service.welcome { say(welcome) }
        var name = await signals.next()
        while name == "SIGHUP", service.reload() { name = await signals.next() }
        logger.info("draining", metadata: ["signal": "\(name)"])
        await service.drain()
        logger.info("stopped")
    }

    private static func run(_ command: TokenCommand, _ settings: Settings) {
        do throws(KeyError) {
            print(try command.run(settings.data), terminator: "")
        } catch {
            end("\(error)", code: 1)
        }
    }

    private static func end(_ sentence: String, code: Int32) -> Never {
        say("holdfastd: \(sentence)\n")
        exit(code)
    }

    private static func say(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }

    private static var help: String {
        """
        holdfastd: keeps recordings while they are made, and serves them when they stop.

        usage: holdfastd [--config FILE] [--KEY VALUE]…
               holdfastd token create --kind application|operator|scrape --name NAME [--days N]
               holdfastd token list
               holdfastd token revoke NAME
               holdfastd token link RECORDING --seconds N
               holdfastd token revoke-links

          token           makes, lists and revokes keys of the data folder (--data FOLDER), which
                          a running server sees within a second; makes playback links
          --config FILE   settings in YAML; config/holdfastd.yaml names every key
          --help          this text
          --version       the version

        A setting comes from its flag, else from the environment (HOLDFAST_ and the flag's
        words: HOLDFAST_CHUNK_BYTES_MAX), else from the file, else it has the default shown.


        """ + Setting.help()
    }
}

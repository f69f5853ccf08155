import ArgumentParser
import Foundation
import IngestClient

/// `holdfast record`.
struct RecordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Records to this machine's disk.",
        discussion: """
            What is recorded: a WAV file or raw sound (--pcm, --rate, --channels), which is \
            encoded with Opus into an Ogg file; or a stream that is encoded already, WebM, Ogg or \
            MP4, which is kept byte for byte. It comes from INPUT, from a program that captures \
            it (--capture), or from a file that another program is still writing (--follow).

            The file plays at any moment. Every second a chunk of it becomes safe: not even a \
            power cut takes it away. SIGINT (Ctrl-C) or SIGTERM end the recording. The space bar, \
            on a terminal, or SIGUSR1 pause it and let it go on.

              arecord -f dat -t wav | holdfast record
              holdfast record --pcm s16le --rate 48000 --channels 1 \\
                --capture 'ffmpeg -v error -f pulse -i default -f s16le -ar 48000 -ac 1 -'

            With --server what is recorded is sent at the same time; after the end the rest is. \
            A second Ctrl-C leaves that for `holdfast send`.

            Exit codes: 0 recorded, and sent if it was to be; 1 there was nothing to record, or \
            nothing that can be; 2 nothing can be written; 3 recorded, but not sent; 4 recorded, \
            but it had to end: the disk is full, or the source failed; 64 the command is not right.
            """)

    @Argument(help: "A file or pipe; - is standard input.", completion: .file())
    var input = "-"

    @Option(help: "A command whose standard output is recorded.", completion: .shellCommand("sh"))
    var capture: String?

    @Option(help: "A file that another program is still writing.", completion: .file())
    var follow: String?

    @Option(help: "With --follow: end when it has not grown for so many seconds.")
    var idleSeconds: Double?

    @Option(
        help: "Raw sound: \(PCMFormat.Sample.allCases.map(\.rawValue).joined(separator: ", ")).")
    var pcm: String?

    @Option(help: "Of raw sound, in Hz: any that recorders give, from 8000 to 96000.")
    var rate = 48_000

    @Option(help: "Of raw sound: 1 or 2.")
    var channels = 1

    @Option(help: "For people.")
    var title: String?

    @Option(help: "Bits per second of the encoded sound. 48000 a channel if left out.")
    var bitrate: Int?

    @Option(help: "The longest time until what came is safe, in seconds.")
    var chunkSeconds = 1.0

    @Option(help: "The most bytes that are not safe yet.")
    var chunkBytes = 256 << 10

    @Flag(help: "Keep it here until someone says to send it.")
    var recordOnly = false

    @Option(help: "Send it from this time on: 2026-02-03T04:05:06Z.")
    var sendAt: String?

    @Option(help: "All recordings here may take so many bytes.")
    var quotaBytes = OutboxLimits().quotaBytes

    @Option(help: "The recording ends when the disk has no more free bytes than these.")
    var freeBytes = OutboxLimits().freeDiskBytesMin

    @OptionGroup var server: ServerOptions
    @OptionGroup var profile: ProfileOptions

    @Flag(help: "Print lines of JSON: began, levels, safe, paused, resumed, warning, ended, sent.")
    var json = false

    func validate() throws {
        _ = try server.url()
        guard [capture, follow].compactMap({ $0 }).count + (input == "-" ? 0 : 1) <= 1 else {
            throw ValidationError("one of INPUT, --capture and --follow")
        }
        guard pcm == nil || PCMFormat.Sample(rawValue: pcm ?? "") != nil else {
            throw ValidationError("--pcm knows no \(pcm ?? "")")
        }
        guard rate > 0, channels > 0 else {
            throw ValidationError("--rate and --channels must be at least 1")
        }
        guard (6_000...510_000).contains(bitrate ?? 6_000) else {
            throw ValidationError("--bitrate must be from 6000 to 510000")
        }
        guard (0.02...3_600).contains(chunkSeconds), (1...4 << 20).contains(chunkBytes) else {
            throw ValidationError(
                "--chunk-seconds must be from 0.02 to 3600, --chunk-bytes from 1 to 4194304")
        }
        guard quotaBytes > 0, freeBytes >= 0 else {
            throw ValidationError("--quota-bytes must be at least 1, --free-bytes at least 0")
        }
        guard !(recordOnly && sendAt != nil) else {
            throw ValidationError("either --record-only or --send-at")
        }
        if let sendAt, Self.date(sendAt) == nil {
            throw ValidationError("--send-at must be a date and time such as 2026-02-03T04:05:06Z")
        }
    }

    func run() async throws {
        let output = RecordOutput(isJSON: json)
        var code: Int32 = 0
        let address = try server.url()
        do throws(RecorderError) {
            let outbox: Outbox
            do throws(OutboxError) { outbox = try profile.open(limits: limits) } catch {
                throw .outbox(error)
            }
            let sending = address.map { LiveSending(outbox, uploadOptions($0), output) }
            let recording = try await record(outbox, output)
            let isSent = await sending?.wait(for: recording) ?? true
            code = recording.endReason != nil ? 4 : isSent ? 0 : 3
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            code = Self.code(error)
        }
        if code != 0 { throw ExitCode(code) }
    }

    private func record(
        _ outbox: Outbox, _ output: RecordOutput
    ) async throws(RecorderError) -> OutboxRecording {
        let source = try source()
        let recorder = Recorder(outbox: outbox, options: options)
        let isPaused = Guarded(false)
        let pause: @Sendable () -> Void = {
            let pauses = isPaused.withLock { isPaused in
                isPaused.toggle()
                return isPaused
            }
            if pauses { recorder.pause() } else { recorder.resume() }
        }
        let key = readsKeys ? PauseKey(pause) : nil
        let signals = StopSignals(
            stop: {
                // The next signal ends the program at once, and the terminal is not its own.
                key?.end()
                recorder.stop()
            }, pause: pause)
        defer { withExtendedLifetime(signals) { key?.end() } }
        if key != nil, !json { output.note("the space bar pauses, Ctrl-C ends") }
        let shown = Task { for await event in recorder.events { output.show(event) } }
        let result: Result<OutboxRecording, RecorderError>
        do throws(RecorderError) {
            result = .success(try await recorder.record(from: source, as: recordingInput))
        } catch { result = .failure(error) }
        await shown.value
        return try result.get()
    }

    /// Keys are no sound: not when standard input is what is recorded.
    private var readsKeys: Bool { capture != nil || follow != nil || input != "-" }

    private func source() throws(RecorderError) -> any RecordingSource {
        if let capture { return try CaptureCommand(capture) }
        if let follow {
            return try FollowedFile(path: follow, idleMax: idleSeconds.map { .seconds($0) })
        }
        return input == "-" ? DescriptorSource.standardInput : try DescriptorSource(path: input)
    }

    private var recordingInput: RecordingInput {
        guard let pcm, let sample = PCMFormat.Sample(rawValue: pcm) else { return .detect }
        return .pcm(PCMFormat(sample, sampleRate: rate, channels: channels))
    }

    private var limits: OutboxLimits {
        OutboxLimits(
            quotaBytes: quotaBytes, quotaWarningBytes: quotaBytes / 5 * 4,
            freeDiskBytesMin: freeBytes)
    }

    private var options: RecorderOptions {
        var options = RecorderOptions()
        options.title = title
        options.bitrate = bitrate
        options.chunkInterval = .seconds(chunkSeconds)
        options.chunkBytes = chunkBytes
        if recordOnly { options.sendPolicy = .recordOnly }
        if let date = sendAt.flatMap(Self.date) { options.sendPolicy = .sendAt(date) }
        return options
    }

    private func uploadOptions(_ address: URL) -> UploadOptions {
        var options = UploadOptions(server: address)
        options.applicationKey = server.applicationKey(profile)
        return options
    }

    private static func date(_ text: String) -> Date? {
        // A text that is no date is told by `validate`.
        try? Date(text, strategy: .iso8601)
    }

    private static func code(_ error: RecorderError) -> Int32 {
        switch error {
        case .unusable, .source, .nothingCame, .encoder: 1
        case .outbox: 2
        }
    }
}

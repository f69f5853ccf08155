internal import Containers
internal import Foundation
internal import Opus

/// One recording while it is made: bytes of a source in, a growing file and its chunks out.
///
/// Blocks: on disk. Runs on: the recorder's thread alone.
package final class Take {
    /// What becomes of the bytes.
    private enum Path {
        case sound(SoundPath)
        case asItComes(AnyMediaReader)
    }

    private static let pieceBytes = 1 << 16

    private let outbox: Outbox
    private let options: RecorderOptions
    private let keepsUnknown: Bool
    private let tell: (RecorderEvent) -> Void
    private var detector: InputDetector
    private var path: Path?
    private var file: OpenRecording?
    private var byteCount: Int64 = 0
    private var safeByteCount: Int64 = 0
    /// When the oldest byte came that is in no chunk yet, by a clock that only goes forward.
    private var oldest: ContinuousClock.Instant?

    /// - Parameter keepsUnknown: whether what is of no known kind is recorded all the same.
    package init(
        _ outbox: Outbox, _ input: RecordingInput, _ options: RecorderOptions, keepsUnknown: Bool,
        tell: @escaping (RecorderEvent) -> Void
    ) {
        self.outbox = outbox
        self.options = options
        self.keepsUnknown = keepsUnknown
        self.tell = tell
        detector = InputDetector(input)
    }

    /// How long it is by now; nil where that is not known.
    package var seconds: Double? {
        switch path {
        case .sound(let sound): sound.seconds
        case .asItComes(let reader): reader.description.durationMilliseconds.map { $0 / 1000 }
        case nil: nil
        }
    }

    package var hasBegun: Bool { file != nil }

    /// Whether a pause can leave something out: not from a stream that is encoded already. Nil
    /// before that is known.
    package var canPause: Bool? {
        switch path {
        case .sound: true
        case .asItComes: false
        case nil: nil
        }
    }

    /// Whether a WAV file has given all the samples that it has.
    package var isComplete: Bool {
        if case .sound(let sound) = path { sound.isComplete } else { false }
    }

    /// Takes the next bytes of the source.
    package func add(_ bytes: [UInt8], at now: ContinuousClock.Instant) throws(RecorderError) {
        // Should there be no room, no more than one piece is not kept.
        for start in stride(from: 0, to: bytes.count, by: Self.pieceBytes) {
            let piece = Array(bytes[start..<min(bytes.count, start + Self.pieceBytes)])
            if path == nil {
                try detect(piece, isEnd: false, at: now)
            } else {
                try take(piece, at: now)
            }
            try cutIfDue(at: now)
        }
    }

    /// Leaves out the next bytes of the source.
    package func drop(_ bytes: [UInt8]) {
        if case .sound(let sound) = path { sound.drop(bytes) }
    }

    /// Cuts a chunk if it is time. Called now and then, also when nothing comes.
    package func cutIfDue(at now: ContinuousClock.Instant) throws(RecorderError) {
        guard let oldest else { return }
        let isFull = byteCount - safeByteCount >= Int64(options.chunkBytes)
        if isFull || oldest.duration(to: now) >= options.chunkInterval { try cut() }
    }

    /// Makes all that came so far safe.
    package func cut() throws(RecorderError) {
        guard let file else { return }
        if case .sound(let sound) = path { try append(sound.flush()) }
        try Self.outbox { () throws(OutboxError) in try file.cutChunk(durationSeconds: seconds) }
        oldest = nil
        guard byteCount > safeByteCount else { return }
        safeByteCount = byteCount
        tell(.safe(byteCount: byteCount, seconds: seconds))
    }

    /// Ends the recording. Errors: `nothingCame`, and then there is none.
    ///
    /// - Parameter reason: why, if nobody stopped it.
    package func finish(
        reason: String?, at now: ContinuousClock.Instant
    ) throws(RecorderError) -> OutboxRecording {
        if path == nil { try detect([], isEnd: true, at: now) }
        if case .sound(let sound) = path { try append(sound.finish()) }
        guard let file else { throw .nothingCame }
        let seconds = wholeSeconds
        let recording = try Self.outbox { () throws(OutboxError) in
            try file.finish(reason: reason, durationSeconds: seconds)
        }
        tell(.ended(id: file.id, byteCount: byteCount, seconds: seconds, reason: reason))
        return recording
    }

    /// How long it is now that nothing more comes: only the end makes the last frame certain.
    private var wholeSeconds: Double? {
        guard case .asItComes(let reader) = path else { return seconds }
        return reader.finish().artifact.description.durationMilliseconds.map { $0 / 1000 }
    }

    /// Notes that the source has failed.
    func sourceDropped(_ reason: String) {
        guard let file else { return }
        // The recording is what counts; a journal that refuses says so at its end.
        try? outbox.sourceDropped(file.id, reason: reason)
    }

    /// What there is after the outbox has ended the recording for lack of room.
    func recordingAfterFailure() -> OutboxRecording? {
        guard let file else { return nil }
        // The failure itself is what the caller hears of.
        return try? outbox.recording(file.id)
    }

    private func detect(
        _ bytes: [UInt8], isEnd: Bool, at now: ContinuousClock.Instant
    ) throws(RecorderError) {
        switch detector.take(bytes, isEnd: isEnd) {
        case .undecided: break
        case .refused(let reason): throw .unusable(reason)
        case .unknown(let rest):
            guard !rest.isEmpty else { return }
            guard keepsUnknown else {
                throw .unusable(
                    "This is no sound that is understood: WAV, WebM, Ogg or MP4 are. "
                        + "Raw sound needs --pcm, --rate and --channels.")
            }
            tell(.warning("What comes is no WebM, Ogg or MP4: it is kept as it comes."))
            try begin(unknown: rest, at: now)
        case .encoded(let mediaType, let rest):
            path = .asItComes(AnyMediaReader(headReserveBytes: 0))
            try begin(mediaType: options.mediaType ?? mediaType)
            try take(rest, at: now)
        case .pcm(let format, let rest, let byteCount):
            path = .sound(try SoundPath(format, options, byteCount: byteCount, tell: tell))
            try take(rest, at: now)
        }
    }

    private func begin(
        unknown rest: [UInt8], at now: ContinuousClock.Instant
    ) throws(RecorderError) {
        path = .asItComes(AnyMediaReader(headReserveBytes: 0))
        try begin(mediaType: options.mediaType ?? "application/octet-stream")
        try take(rest, at: now)
    }

    private func begin(mediaType: String) throws(RecorderError) {
        var new = NewRecording(mediaType: mediaType, title: options.title)
        new.sendPolicy = options.sendPolicy
        new.device = options.device
        if case .sound = path { new.isCutAtOggPages = true }
        let file = try Self.outbox { () throws(OutboxError) in try outbox.begin(new) }
        self.file = file
        tell(.began(id: file.id, path: file.mediaPath, mediaType: mediaType))
    }

    private func take(
        _ bytes: [UInt8], at now: ContinuousClock.Instant
    ) throws(RecorderError) {
        guard !bytes.isEmpty else { return }
        oldest = oldest ?? now
        switch path {
        case .sound(let sound):
            // Only now: a source without one sample leaves no recording.
            if file == nil { try begin(mediaType: "audio/ogg") }
            try append(sound.take(bytes))
        case .asItComes(var reader):
            path = nil  // so that the reader is changed where it is
            reader.read(bytes.span)
            _ = reader.takeEdits()
            path = .asItComes(reader)
            try append(bytes)
        case nil: break
        }
    }

    private func append(_ bytes: [UInt8]) throws(RecorderError) {
        guard let file, !bytes.isEmpty else { return }
        try Self.outbox { () throws(OutboxError) in try file.append(bytes) }
        byteCount += Int64(bytes.count)
    }

    private static func outbox<Value>(
        _ body: () throws(OutboxError) -> Value
    ) throws(RecorderError) -> Value {
        do throws(OutboxError) { return try body() } catch { throw .outbox(error) }
    }
}

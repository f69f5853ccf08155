internal import Containers

func webm(_ input: [UInt8]) { media(WebMReader.self, input) }
func ogg(_ input: [UInt8]) { media(OggReader.self, withRightChecksums(input)) }
func mp4(_ input: [UInt8]) { media(MP4Reader.self, input) }

/// Reads a recording, finishes it, and reads what came of it.
private func media<Reader: MediaReader>(_ type: Reader.Type, _ input: [UInt8]) {
    let input = MediaInput(input)
    let run = MediaRun(
        type, input.bytes, input.whole, hole: input.hole,
        headReserveBytes: input.headReserveBytes)
    let pieces = MediaRun(
        type, input.bytes, input.pieces, hole: input.hole,
        headReserveBytes: input.headReserveBytes)
    if let difference = pieces.difference(from: run) {
        fatalError("the pieces change the result: \(difference)")
    }
    checkEdits(run, input)
    checkArtifact(run.artifact, input)
    guard run.artifact.copyReason == nil, run.artifact.unverifiedReason == nil else { return }
    let file = run.file(input.bytes)
    let again = MediaRun(type, file, [0..<file.count], headReserveBytes: 0)
    checkFrames(run, input.bytes, again, file)
}

private func checkEdits(_ run: MediaRun, _ input: MediaInput) {
    let length = Int64(input.bytes.count)
    var end: Int64 = 0
    for edit in run.edits {
        expect(
            edit.offset >= end, "edits overlap: \(run.edits.map(\.range)), \(run.artifact.facts)")
        end = edit.range.upperBound
    }
    expect(end <= length, "an edit ends at \(end), beyond what was received")
    let hole = Int64(input.hole.lowerBound)..<Int64(input.hole.upperBound)
    var taken: [Range<Int64>] = run.edits.map(\.range)
    for frame in run.frames {
        for range in [frame.payload] + frame.continuation where !range.isEmpty {
            expect(range.lowerBound >= 0 && range.upperBound <= length, "a frame lies outside")
            expect(!range.overlaps(hole), "the frame \(range) has a hole in it")
            taken.append(range)
        }
    }
    taken.sort { $0.lowerBound < $1.lowerBound }
    for (one, next) in zip(taken, taken.dropFirst()) {
        expect(one.upperBound <= next.lowerBound, "\(one) and \(next) overlap")
    }
}

private func checkArtifact(_ artifact: Artifact, _ input: MediaInput) {
    expect(
        artifact.start >= 0 && artifact.start <= artifact.end
            && artifact.end <= Int64(input.bytes.count),
        "the artifact lies outside of what was received: \(artifact.facts)")
    expect(
        Int64(artifact.head.count) <= Int64(input.headReserveBytes) + artifact.start,
        "the head is too long: \(artifact.facts)")
    let times =
        artifact.damage.compactMap(\.timeMilliseconds)
        + artifact.description.tracks.flatMap {
            [$0.firstMilliseconds, $0.lastMilliseconds, $0.sampleRate].compactMap(\.self)
        }
    expect(
        times.allSatisfy(\.isFinite)
            && artifact.description.durationMilliseconds?.isFinite != false,
        "a time is no number that JSON can say: \(artifact.facts)")
    if artifact.copyReason != nil || artifact.unverifiedReason != nil {
        expect(
            artifact.head.isEmpty && artifact.index.isEmpty && artifact.start == 0
                && artifact.end == input.bytes.count,
            "what is published as received is changed: \(artifact.facts)")
    }
}

/// The finished file holds the same frames, bit for bit.
private func checkFrames(_ run: MediaRun, _ bytes: [UInt8], _ again: MediaRun, _ file: [UInt8]) {
    // In the middle of damaged Ogg, a page that something broken had swallowed can come to light
    // and change what belongs together; there it must only be readable.
    let isSettled = run.artifact.damage.allSatisfy {
        [.truncatedTail, .endMissing].contains($0.kind)
    }
    guard run.artifact.description.container != "ogg" || isSettled else { return }
    expect(
        again.frames.count == run.frames.count,
        "\(run.frames.count) frames became \(again.frames.count); first \(run.artifact.facts), "
            + "then \(again.artifact.facts)")
    for (frame, later) in zip(run.frames, again.frames) {
        expect(
            frame.track == later.track && frame.timestamp == later.timestamp
                && frame.payload(in: bytes) == later.payload(in: file),
            "the frame \(frame) became \(later)")
    }
}

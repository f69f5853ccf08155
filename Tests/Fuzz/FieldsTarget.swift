internal import HTTP1
internal import Wire

/// The texts and documents of the protocol. The first byte says which; what is read must come
/// back the same after it was written.
func fields(_ input: [UInt8]) {
    guard let kind = input.first else { return }
    let bytes = Array(input.dropFirst())
    switch kind % 8 {
    case 0: contentDigest(String(decoding: bytes, as: UTF8.self))
    case 1: target(bytes)
    case 2: timestamp(String(decoding: bytes, as: UTF8.self))
    case 3: mediaType(String(decoding: bytes, as: UTF8.self))
    case 4: document(bytes, Creation.decode)
    case 5: document(bytes, FinalizeRequest.decode)
    case 6:
        document(bytes) { bytes throws(Problem) in
            try WireJSON.decode(RecordingStatus.self, from: bytes)
        }
    default:
        document(bytes) { bytes throws(Problem) in
            try WireJSON.decode(RecordingList.self, from: bytes)
        }
    }
}

private func contentDigest(_ text: String) {
    if let number = StructuredField.integer(text) {
        expect(number >= 0 && number < 1_000_000_000_000_000, "\(number) is no such integer")
    }
    do throws(Problem) {
        let digests = try ContentDigest.parse(text)
        let again = try ContentDigest.parse(digests.map(\.text).joined(separator: ", "))
        expect(again == digests, "the digests \(digests) became \(again)")
    } catch {
        answer(error)
    }
}

/// Method, path and query, with spaces between them.
private func target(_ bytes: [UInt8]) {
    let parts = bytes.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
    guard parts.count >= 2 else { return }
    do throws(Problem) {
        let route = try Route.parse(
            method: parts[0], path: parts[1], query: parts.count > 2 ? parts[2] : nil)
        if case .chunk(_, let offset) = route { expect(offset >= 0, "a negative offset") }
        if case .list(let query) = route {
            expect((1...ListQuery.limitMax).contains(query.limit), "the limit \(query.limit)")
        }
        _ = route.name
    } catch {
        answer(error)
    }
}

private func timestamp(_ text: String) {
    guard let milliseconds = Timestamp.milliseconds(text) else { return }
    let written = Timestamp.text(milliseconds: milliseconds)
    // An offset can take the first and the last day out of the four digits of a year.
    guard (-62_167_219_200_000..<253_402_300_800_000).contains(milliseconds) else { return }
    expect(Timestamp.milliseconds(written) == milliseconds, "\(text) became \(written)")
}

private func mediaType(_ text: String) {
    guard let type = MediaType(text) else { return }
    _ = (type.container, type.isServedInline, type.servedAs, type.fileExtension)
    expect(MediaType(type.base)?.base == type.base, "\(type.base) is no media type any more")
}

private func document<Document: Encodable & Equatable>(
    _ bytes: [UInt8], _ decode: ([UInt8]) throws(Problem) -> Document
) {
    do throws(Problem) {
        let document = try decode(bytes)
        let written = WireJSON.encode(document)
        guard let again = try? decode(written) else { fatalError("its own text is refused") }
        expect(again == document, "\(document) became \(again)")
    } catch {
        answer(error)
    }
}

/// A refusal can always be answered.
private func answer(_ problem: Problem) {
    expect((400..<600).contains(problem.status), "the status \(problem.status)")
    expect(!problem.body.isEmpty && !problem.detail.isEmpty, "an empty answer")
    _ = problem.fields
}

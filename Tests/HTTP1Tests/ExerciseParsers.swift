import HTTP1

/// Gives arbitrary bytes to every parser of the module: what a fuzzer calls.
///
/// - Returns: what is wrong, if the bytes have two readings or a head breaks its promises; nil if
///   all is well. A trap is the other way to fail.
package func exerciseParsers(_ bytes: [UInt8]) -> String? {
    var limits = HTTPLimits()
    // Small, so that inputs of a few hundred bytes reach them.
    limits.headBytesMax = 400
    limits.targetBytesMax = 100
    limits.fieldCountMax = 12
    limits.chunkExtrasBytesMax = 60
    limits.trailerBytesMax = 80
    let whole = Reader.whole(bytes, limits: limits)
    if Reader.byteByByte(bytes, limits: limits) != whole { return "two readings" }
    for message in whole.messages {
        if let broken = brokenPromise(of: message.head) { return broken }
    }
    let text = String(decoding: bytes.suffix(40), as: UTF8.self)
    if case .partial(let range) = ByteRangeSpecifier.selection(text, byteCount: 10),
        range.isEmpty || range.lowerBound < 0 || range.upperBound > 10
    {
        return "a range outside of what is there"
    }
    _ = ETagMatch.ifMatch(text, current: "\"a\"")
    _ = HTTPDate.unixSeconds(text)
    return nil
}

/// What whoever holds a head relies on.
private func brokenPromise(of head: RequestHead) -> String? {
    let fields = head.fields
    switch head.framing {
    case .none:
        guard fields["content-length"] == nil, fields["transfer-encoding"] == nil else {
            return "a body ignored"
        }
    case .length(let count):
        guard fields["transfer-encoding"] == nil, fields.values("content-length").count == 1,
            (0...HTTPLimits.lengthMax).contains(count)
        else { return "an unclear length" }
    case .chunked:
        guard fields["content-length"] == nil, fields.values("transfer-encoding").count == 1,
            head.version == .http11
        else { return "an unclear coding" }
    }
    guard head.path.utf8.first == UInt8(ascii: "/") || head.path == "*" else {
        return "an odd path"
    }
    guard fields.values("host").count <= 1 else { return "several hosts" }
    return reread(head)
}

/// A head written out plainly must be read as itself.
private func reread(_ head: RequestHead) -> String? {
    let target = head.path + (head.query.map { "?" + $0 } ?? "")
    var text = "\(head.method) \(target) HTTP/1.\(head.version == .http10 ? 0 : 1)\r\n"
    for (name, value) in head.fields { text += "\(name): \(value)\r\n" }
    let bytes = Array((text + "\r\n").utf8)
    var parser = HeadParser()
    do throws(HTTPError) {
        guard var again = try parser.parse(bytes.span)?.head else { return "not whole any more" }
        // Of a value that is no UTF-8, only the text is written.
        let isSameText = again.fields.elementsEqual(head.fields) {
            $0.name == $1.name && $0.value == $1.value
        }
        guard isSameText else { return "other fields when written plainly" }
        again.fields = head.fields
        again.authority = head.authority
        again.namesHTTPS = head.namesHTTPS
        return again == head ? nil : "read otherwise when written plainly"
    } catch {
        return "refused when written plainly: \(error.reason)"
    }
}

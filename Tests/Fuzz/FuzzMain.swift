/// What libFuzzer, which has the `main` of this program, calls with each input.
///
/// `--target=NAME` on the command line picks the target; libFuzzer passes such arguments over,
/// and hands them on to the processes that it starts.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    target(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}

private let target: @Sendable ([UInt8]) -> Void = {
    let option = "--target="
    let name = CommandLine.arguments.first { $0.hasPrefix(option) }?.dropFirst(option.count)
    switch name {
    case "webm": return webm
    case "ogg": return ogg
    case "mp4": return mp4
    case "head": return head
    case "exchange": return exchange
    case "fields": return fields
    case "log": return log
    case "config": return config
    default:
        fatalError(
            "holdfast-fuzz --target=webm|ogg|mp4|head|exchange|fields|log|config [ARGUMENT]…")
    }
}()

/// Stops with a sentence when something that must hold does not; libFuzzer keeps the input.
func expect(_ holds: Bool, _ sentence: @autoclosure () -> String) {
    // Unlike a precondition's, this sentence is also told in a release build.
    if !holds { fatalError(sentence()) }
}

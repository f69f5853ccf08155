internal import Glibc

/// The programs that were built together with the running tests.
package enum BuiltPrograms {
    /// The path of `name` beside the test bundle, or in the folder that `HOLDFAST_PROGRAMS` names:
    /// those of a release build, say.
    package static func path(_ name: String) -> String {
        if let folder = getenv("HOLDFAST_PROGRAMS") { return String(cString: folder) + "/" + name }
        var text = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &text, text.count)
        let bytes = text[..<max(0, count)].map { UInt8(bitPattern: $0) }
        let own = String(decoding: bytes, as: UTF8.self)
        return own.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/" + name
    }
}

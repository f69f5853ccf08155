internal import Glibc

/// The programs that were built together with the running tests.
package enum BuiltPrograms {
    /// The path of `name` beside the test bundle.
    package static func path(_ name: String) -> String {
        var text = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &text, text.count)
        let bytes = text[..<max(0, count)].map { UInt8(bitPattern: $0) }
        let own = String(decoding: bytes, as: UTF8.self)
        return own.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/" + name
    }
}

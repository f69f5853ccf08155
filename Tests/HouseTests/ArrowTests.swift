import Testing

/// The picture of the modules in which arrows point down only. Package.swift may allow more;
/// what is imported may not.
@Suite("Arrows between modules") struct ArrowTests {
    /// What each module may import of this package and of others.
    static let arrows: [String: Set<String>] = [
        "CLinux": [], "CChecksum": [], "COpenSSL": [], "COpus": [], "COgg": [], "CCurl": [],
        "Bytes": [],
        "Recordings": ["Bytes"],
        "Containers": ["Bytes", "Recordings"],
        "Sound": [],
        "HTTP1": ["Bytes"],
        "Wire": ["Bytes", "HTTP1", "Recordings"],
        "Digests": ["CChecksum", "COpenSSL"],
        "Opus": ["COgg", "COpus"],
        "Posix": ["CLinux"],
        "Reactor": ["CLinux", "Posix"],
        "Telemetry": ["Posix"],
        "Transport": ["CLinux", "COpenSSL", "HTTP1", "Logging", "Posix", "Reactor"],
        "DurableLog": ["Bytes", "Digests", "Posix"],
        "Catalog": ["GRDB", "Recordings"],
        "IngestServer": [
            "Bytes", "Catalog", "Containers", "Digests", "DurableLog", "HTTP1", "Logging",
            "Opus", "Posix", "Reactor", "Recordings", "Sound", "Telemetry", "Transport", "Wire",
        ],
        "IngestClient": [
            "Bytes", "CCurl", "Containers", "Digests", "GRDB", "HTTP1", "Opus", "Recordings",
            "Wire",
        ],
        "holdfastd": [
            "Configuration", "IngestServer", "Logging", "Posix", "Reactor", "Transport",
        ],
        "holdfast": ["ArgumentParser", "Containers", "IngestClient"],
    ]
    /// What comes with Swift on Linux.
    static let system: Set<String> = [
        "Swift", "Foundation", "FoundationEssentials", "FoundationNetworking", "Glibc", "Darwin",
        "Musl", "Synchronization", "Dispatch", "_Concurrency",
    ]
    /// They know no clock, no disk and no network. Wire reads JSON with Foundation, Sound has its
    /// mathematics from there.
    static let pure: Set<String> = ["Bytes", "Recordings", "Containers", "Sound", "HTTP1", "Wire"]

    @Test("every module imports only what lies below it")
    func arrowsPointDown() throws {
        for file in try SourceFile.all(below: ["Sources"]) {
            let module = Self.module(of: file)
            guard let allowed = Self.arrows[module] else {
                Issue.record("\(module) has no arrows in this table")
                continue
            }
            for name in file.imports where !Self.system.contains(name) {
                #expect(allowed.contains(name), "\(file.path) imports \(name)")
            }
        }
    }

    @Test("the pure modules import nothing of the system but JSON and mathematics")
    func pureModulesArePure() throws {
        for file in try SourceFile.all(below: ["Sources"]) {
            let module = Self.module(of: file)
            guard Self.pure.contains(module) else { continue }
            let foreign = Set(file.imports).intersection(Self.system).filter {
                !(["Wire", "Sound"].contains(module) && $0.hasPrefix("Foundation"))
            }
            #expect(foreign.isEmpty, "\(file.path) imports \(foreign.sorted())")
        }
    }

    @Test("unsafe memory stays in the modules that answer for it, each use with its reason")
    func unsafeMemoryIsAccountedFor() throws {
        let answerable: Set<String> = [
            "Posix", "Reactor", "Transport", "DurableLog", "Digests", "Opus", "IngestServer",
            "IngestClient",
        ]
        for file in try SourceFile.all(below: ["Sources"]) {
            let module = Self.module(of: file)
            let claims = file.lines.filter {
                $0.contains("@unchecked Sendable") || $0.contains("nonisolated(unsafe)")
            }
            guard !claims.isEmpty else { continue }
            #expect(answerable.contains(module), "\(file.path) claims what it cannot show")
            #expect(
                file.lines.contains { $0.contains("// SAFETY:") },
                "\(file.path) has no SAFETY line")
        }
    }

    private static func module(of file: SourceFile) -> String {
        String(file.path.split(separator: "/")[1])
    }
}

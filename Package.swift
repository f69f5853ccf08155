// swift-tools-version: 6.2
import PackageDescription

let house: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]
/// The pure targets: no unsafe memory at all.
let pure = house + [.strictMemorySafety()]

func library(
    _ name: String, _ dependencies: [Target.Dependency] = [], _ settings: [SwiftSetting] = house,
    resources: [Resource] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

func tests(
    _ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies + ["TestKit"], resources: resources,
        swiftSettings: house)
}

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let arguments = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")
let configuration = Target.Dependency.product(
    name: "Configuration", package: "swift-configuration")

let package = Package(
    name: "holdfast",
    platforms: [.macOS(.v26), .iOS(.v26)],
    products: [
        .library(name: "IngestServer", targets: ["IngestServer"]),
        .library(name: "IngestClient", targets: ["IngestClient"]),
        .executable(name: "holdfastd", targets: ["holdfastd"]),
        .executable(name: "holdfast", targets: ["holdfast"]),
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(
            url: "https://github.com/apple/swift-configuration", from: "1.4.0",
            traits: [.defaults, "YAML", "CommandLineArguments"]),
        // For tests alone; swift-configuration reads YAML with it, too.
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // C: shims for what the Glibc module does not show, checksums, system libraries.
        .target(name: "CLinux"),
        .target(name: "CChecksum"),
        .systemLibrary(
            name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "COpus", pkgConfig: "opus", providers: [.apt(["libopus-dev"])]),
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
        .systemLibrary(name: "COgg", pkgConfig: "ogg", providers: [.apt(["libogg-dev"])]),

        // Pure: no clock, no I/O, no unsafe memory.
        library("Bytes", [], pure),
        library("Recordings", ["Bytes"], pure),
        library("Containers", ["Bytes", "Recordings"], pure),
        library("Sound", [], pure),
        library("HTTP1", ["Bytes"], pure),
        library("Wire", ["Bytes", "HTTP1", "Recordings"], pure),

        // I/O.
        library("Digests", ["CChecksum", "COpenSSL"]),
        library("Opus", ["COpus", "COgg"]),
        library("Posix", ["CLinux"]),
        library("Reactor", ["Posix", "CLinux"]),
        library("Telemetry", ["Posix"]),
        library("Transport", ["Posix", "Reactor", "HTTP1", "CLinux", "COpenSSL", logging]),
        library("DurableLog", ["Bytes", "Digests", "Posix"]),
        library("Catalog", ["Recordings", grdb]),

        // The two products.
        library(
            "IngestServer",
            [
                "Bytes", "Recordings", "Containers", "HTTP1", "Wire", "Digests", "Posix",
                "Reactor", "Telemetry", "Transport", "DurableLog", "Catalog", "Opus", "Sound",
                logging,
            ], resources: [.embedInCode("openapi.yaml")]),
        library(
            "IngestClient",
            [
                "Bytes", "Recordings", "Containers", "HTTP1", "Wire", "Digests", "Opus", grdb,
                .target(name: "CCurl", condition: .when(platforms: [.linux])),
            ]),
        .executableTarget(
            name: "holdfastd",
            dependencies: [
                "IngestServer", "Posix", "Reactor", "Transport", configuration, logging,
            ],
            swiftSettings: house),
        .executableTarget(
            name: "holdfast",
            dependencies: ["IngestClient", "Containers", arguments],
            swiftSettings: house),

        // Tests.
        .target(
            name: "TestKit",
            dependencies: ["Bytes", "Recordings", "Wire", "Digests", "Posix", "CLinux"],
            path: "Tests/TestKit", swiftSettings: house),
        tests("RecordingsTests", ["Recordings", "Bytes"]),
        tests("ContainersTests", ["Containers", "Bytes", "Digests"]),
        tests("SoundTests", ["Sound", "Opus", "Containers"]),
        tests("HTTP1Tests", ["HTTP1", "Bytes"]),
        tests("WireTests", ["Wire", "HTTP1", "Recordings"]),
        tests("DigestsTests", ["Digests"]),
        tests("OpusTests", ["Opus", "Bytes", "Containers"]),
        tests("PosixTests", ["Posix"]),
        tests("ReactorTests", ["Reactor", "Posix", "CLinux"]),
        tests("TelemetryTests", ["Telemetry"]),
        tests("TransportTests", ["Transport", "Reactor", "HTTP1", "Posix", logging]),
        tests("DurableLogTests", ["DurableLog", "Digests", "Posix", "Bytes"]),
        tests("CatalogTests", ["Catalog", "Recordings"]),
        tests(
            "IngestServerTests",
            [
                "IngestServer", "Recordings", "Wire", "Posix", "DurableLog", "Catalog", "Digests",
                "Bytes", "Containers", "Telemetry", "Sound", "HTTP1",
            ]),
        tests(
            "IngestClientTests",
            ["IngestClient", "Bytes", "Containers", "Digests", "Opus", "Recordings", "Wire"]),
        tests(
            "ServiceTests",
            [
                "IngestClient", "Recordings", "Wire", "Digests", "Posix", "Bytes", "Containers",
                .product(name: "Yams", package: "Yams"),
            ]),
        tests("HouseTests", ["IngestServer", "holdfastd", "Wire"]),
    ]
)

// `scripts/fuzz` sets this: what libFuzzer needs, and neither tests nor programs. Others never
// see it, nor need the toolchain's libFuzzer.
if Context.environment["HOLDFAST_FUZZ"] != nil {
    package.targets.removeAll { $0.type == .test || $0.name == "holdfastd" }
    package.products.removeAll { $0.name == "holdfastd" }
    package.targets += [
        .target(
            name: "HTTP1Exercise", dependencies: ["HTTP1"], path: "Tests/HTTP1Tests",
            sources: ["ExerciseParsers.swift", "Reading.swift"], swiftSettings: house),
        .target(
            name: "DaemonSettings", dependencies: ["IngestServer", configuration, logging],
            path: "Sources/holdfastd",
            sources: ["Request.swift", "Settings+Read.swift", "TokenCommand.swift"],
            swiftSettings: house),
        .executableTarget(
            name: "holdfast-fuzz",
            dependencies: [
                "HTTP1Exercise", "DaemonSettings", "IngestServer", "HTTP1", "Containers", "Wire",
                "DurableLog", "Digests",
                "Posix", "Reactor", "Transport", "TestKit", logging,
            ],
            path: "Tests/Fuzz", exclude: ["corpus"], swiftSettings: house),
    ]
}

internal import Foundation
internal import Posix
internal import Telemetry

/// What the system says of this process, under the names that Prometheus' clients share.
enum ProcessMetrics {
    static func register(in registry: MetricsRegistry, startedAt: Date = .now) {
        registry.gauge("process_start_time_seconds", "Start of the process, since 1970.") {
            startedAt.timeIntervalSince1970
        }
        registry.gauge("process_resident_memory_bytes", "Memory that is resident.") {
            Double(residentPages * pageBytes)
        }
        registry.gauge("process_open_fds", "Open descriptors.") { Double(openDescriptors) }
    }

    private static let pageBytes = 4096

    /// The second number of `/proc/self/statm`, see proc(5). 0 where there is none.
    private static var residentPages: Int {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else {
            return 0  // not Linux
        }
        let numbers = text.split(separator: " ")
        return numbers.count > 1 ? Int(numbers[1]) ?? 0 : 0
    }

    private static var openDescriptors: Int {
        let names = try? DiskFileSystem().names(in: "/proc/self/fd")
        return names?.count ?? 0  // not Linux
    }
}

internal import Glibc

/// How many descriptors the process may have: RLIMIT_NOFILE, see getrlimit(2).
package enum DescriptorLimit {
    /// Raises the limit to the most that is allowed, and returns it.
    package static func raise() -> Int {
        var limit = rlimit()
        let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(kind, &limit) == 0 else { return .max }
        if limit.rlim_cur < limit.rlim_max {
            let before = limit.rlim_cur
            limit.rlim_cur = limit.rlim_max
            // What may not be raised stays as it was.
            if setrlimit(kind, &limit) != 0 { limit.rlim_cur = before }
        }
        return Int(clamping: limit.rlim_cur)
    }
}

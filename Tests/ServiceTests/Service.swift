import Testing

/// Everything below runs against the real `holdfastd` in a process of its own, one test at a
/// time: two cores are soon busy.
@Suite("Service", .serialized, .onItsOwnThread) enum Service {}

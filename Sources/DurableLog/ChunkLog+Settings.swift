extension ChunkLog {
    package struct Settings: Sendable {
        /// The folder of the segments; created if missing.
        package var folder: String
        /// Of one segment's file: a multiple of 4 KiB, at least 64 KiB.
        package var segmentBytes = 64 << 20
        /// Segments written with zeros by `open` come to this many bytes at least.
        package var poolBytes = 256 << 20
        /// Bound of all segments together.
        package var logBytesMax = 4 << 30
        /// The last bytes of the log take only frames that use the reserve.
        package var reserveBytes = 64 << 20
        /// Most payload bytes in one commit (a single larger frame still goes).
        package var commitBytesMax = 16 << 20
        /// Without threads the owner calls `commitQueued` and `doChores` itself: for tests.
        package var startsThreads = true

        package init(folder: String) { self.folder = folder }

        func check() {
            precondition(
                segmentBytes >= 1 << 16 && segmentBytes % Layout.pageBytes == 0,
                "a segment is at least 64 KiB, in whole pages")
            precondition(
                logBytesMax >= segmentBytes + reserveBytes,
                "the log holds at least one segment and the reserve")
            precondition(commitBytesMax > 0, "a commit takes something")
            precondition(segmentBytes <= 1 << 31, "offsets in a batch have 32 bits")
        }
    }
}

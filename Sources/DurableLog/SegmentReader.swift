internal import Posix

/// Reads a segment front to back through a window of bounded memory.
///
/// Pages that the disk cannot read are zeros here: no checksum will match, and what can be read
/// around them is not lost.
struct SegmentReader: ~Copyable {
    static let windowBytes = 1 << 20

    private let file: any StoredFile
    let byteCount: Int
    // SAFETY: allocated and freed here alone; what `bytes` returns is valid until its next call.
    private let window: UnsafeMutableRawBufferPointer
    private var range = 0..<0
    /// The first error of a read.
    private(set) var failure: SystemError?

    init(_ file: any StoredFile, byteCount: Int) {
        self.file = file
        self.byteCount = byteCount
        window = .allocate(
            byteCount: min(Self.windowBytes, Layout.pages(byteCount)), alignment: Layout.pageBytes)
    }

    deinit { window.deallocate() }

    /// `count` bytes from `offset`, at most `windowBytes` or the whole file; beyond the file's end they are zeros.
    mutating func bytes(_ offset: Int, _ count: Int) -> UnsafeRawBufferPointer {
        precondition(count <= window.count, "a window holds that many bytes")
        if offset < range.lowerBound || offset + count > range.upperBound { fill(from: offset) }
        return UnsafeRawBufferPointer(window).part(offset - range.lowerBound, count)
    }

    private mutating func fill(from offset: Int) {
        range = offset..<offset + window.count
        do throws(SystemError) {
            let count = try file.read(into: window, at: Int64(offset))
            window.part(count, window.count - count).zero()
        } catch {
            failure = failure ?? error
            fillByPages(from: offset)
        }
    }

    private func fillByPages(from offset: Int) {
        for start in stride(from: 0, to: window.count, by: Layout.pageBytes) {
            let page = window.part(start, Layout.pageBytes)
            do throws(SystemError) {
                let count = try file.read(into: page, at: Int64(offset + start))
                page.part(count, page.count - count).zero()
            } catch {
                page.zero()
            }
        }
    }
}

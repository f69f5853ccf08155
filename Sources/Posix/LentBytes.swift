internal import Glibc

/// Bytes that somebody else owns and keeps in place until whoever borrowed them has answered.
///
/// The one unsafe borrow of the project: a suspended caller lends its slab to the log's thread.
// SAFETY: the lender is suspended in a wait that is not cancellable and keeps the memory alive
// and unchanged until it is resumed; the borrower does not touch the bytes after resuming it.
package struct LentBytes: @unchecked Sendable {
    package let buffer: UnsafeRawBufferPointer

    package init(_ buffer: UnsafeRawBufferPointer) { self.buffer = buffer }

    package var count: Int { buffer.count }

    /// The bytes in `range`, zero-based from the first lent byte.
    package subscript(range: Range<Int>) -> LentBytes {
        LentBytes(UnsafeRawBufferPointer(rebasing: buffer[range]))
    }
}

/// Page-aligned memory with one owner. Contents are undefined until written.
package final class Slab: @unchecked Sendable {
    // SAFETY: one owner at a time uses the memory; the class only keeps it alive.
    package let buffer: UnsafeMutableRawBufferPointer

    package init(byteCount: Int) {
        buffer = .allocate(byteCount: byteCount, alignment: 4096)
    }

    deinit { buffer.deallocate() }

    package var byteCount: Int { buffer.count }

    // SAFETY: the borrow ends before the slab is used again; see `LentBytes`.
    /// Lends `range`. See `LentBytes` for what the lender promises.
    package func lend(_ range: Range<Int>) -> LentBytes {
        LentBytes(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[range]))
    }
}

import GRDB

/// What can go wrong with the catalog.
package enum CatalogError: Error, Sendable, Equatable {
    /// There is no file. The caller rebuilds.
    case missing(path: String)
    /// The file is damaged, was not finished, or has another layout. The caller rebuilds; nothing
    /// is lost, for the catalog is only an index.
    case unusable(detail: String)
    /// The disk is full. What was there still is.
    case full(operation: String)
    /// The disk or the database refused. What was there still is.
    case failed(operation: String, detail: String)

    /// Whether `Catalog.rebuild` is the way out.
    package var needsRebuild: Bool {
        switch self {
        case .missing, .unusable: true
        case .full, .failed: false
        }
    }

    init(_ error: any Error, during operation: String) {
        guard let error = error as? DatabaseError else {
            self = error as? CatalogError ?? .failed(operation: operation, detail: "\(error)")
            return
        }
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            self = .unusable(detail: "\(operation): \(error)")
        case .SQLITE_FULL:
            self = .full(operation: operation)
        default:
            self = .failed(operation: operation, detail: "\(error)")
        }
    }
}

extension CatalogError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missing(let path): "There is no catalog at \(path)."
        case .unusable(let detail): "The catalog cannot be used: \(detail)"
        case .full(let operation): "The disk is full: \(operation)."
        case .failed(let operation, let detail): "The catalog failed to \(operation): \(detail)"
        }
    }
}

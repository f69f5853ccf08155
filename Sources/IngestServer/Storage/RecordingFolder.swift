internal import Posix
internal import Recordings

/// Where a recording's own files lie: `recordings/<shard>/<id>/` in the data folder.
struct RecordingFolder: Sendable {
    let path: String
    private let shard: String
    private let all: String

    init(_ id: RecordingID, in data: String) {
        all = data + "/recordings"
        shard = "\(all)/\(id.shard)"
        path = "\(shard)/\(id.text)"
    }

    /// The one data file: `[reserved head][received bytes, each at its own offset][index]`.
    var media: String { path + "/media" }
    /// The chunk table, see `ChunkTable`.
    var chunks: String { path + "/chunks" }
    /// What the recording is and how it ended, see `Manifest`.
    var manifest: String { path + "/manifest.json" }

    /// Creates the folder and makes its name durable, and that of its shard.
    func create(_ files: any FileSystem) throws(SystemError) {
        let isNewShard = !files.exists(shard)
        try files.createFolder(path)
        try files.syncFolder(shard)
        if isNewShard { try files.syncFolder(all) }
    }
}

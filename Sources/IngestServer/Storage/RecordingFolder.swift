internal import Posix
internal import Recordings

/// Where a recording's own files lie: `recordings/<shard>/<id>/` in the data folder.
struct RecordingFolder: Sendable {
    let path: String
    let shard: String
    private let all: String

    init(_ id: RecordingID, in data: String) {
        all = data + "/recordings"
        shard = "\(all)/\(id.shard)"
        path = "\(shard)/\(id.text)"
    }

    /// The one data file: `[reserved head][received bytes, each at its own offset][index]`.
    /// Late bytes for a published recording make the next generation, counted from 1.
    func media(_ generation: Int) -> String { path + "/media" + Self.suffix(generation) }
    /// The chunk table of a data file, see `ChunkTable`.
    func chunks(_ generation: Int) -> String { path + "/chunks" + Self.suffix(generation) }
    /// A finished copy of the data file, see `Rewrite`.
    func copy(_ generation: Int) -> String { path + "/copy" + Self.suffix(generation) }
    /// A `WaveformDocument` of the data file.
    func waveform(_ generation: Int) -> String { path + "/waveform" + Self.suffix(generation) }
    /// The artifact that `publication` names.
    func artifact(_ publication: Publication) -> String {
        publication.rewrite?.step == .done
            ? copy(publication.generation) : media(publication.generation)
    }
    private static func suffix(_ generation: Int) -> String {
        generation == 1 ? "" : "-\(generation)"
    }
    /// What the recording is and how it ended, see `Manifest`.
    var manifest: String { path + "/manifest.json" }

    /// Creates the folder and makes its name durable, and that of its shard if `isNewShard`.
    func create(_ files: any FileSystem, isNewShard: Bool) throws(SystemError) {
        try files.createFolder(path)
        try files.syncFolder(shard)
        if isNewShard { try files.syncFolder(all) }
    }
}

/// The cluster being read.
struct WebMCluster: Sendable {
    var start: Int64
    var payloadStart: Int64
    /// Bytes of the field that says its length, right in front of the payload.
    var lengthWidth: Int
    /// Where it says it ends; nil when its length is unknown.
    var end: Int64?
    /// In ticks; nil until read.
    var timestamp: Int64?
    /// A CRC-32 element over what may be edited.
    var checksumStart: Int64?
    /// Fields in front of the timestamp that are not true in the finished file.
    var staleFields: [Int64] = []
    var hasBlocks = false
    var isReversalReported = false
}

/// The block group being read.
struct WebMGroup: Sendable {
    var start: Int64
    var end: Int64
    var block: WebMBlock?
    var hasReference = false
    /// In ticks.
    var duration: Int64?
    var isTorn = false
}

/// A SimpleBlock, or a BlockGroup with its Block.
struct WebMBlock: Sendable {
    /// Of the element that stands in the cluster.
    var start: Int64
    var end: Int64
    var isSimple: Bool
    /// Of the block itself.
    var payloadStart: Int64
    var payloadEnd: Int64
    var header: BlockHeader
    var trackIndex = 0
    /// In ticks.
    var timestamp: Int64 = 0
    /// Where frames begin, and how long each lasts in nanoseconds.
    var framesStart: Int64 = 0
    var durations = ShortList<Double>()
    /// Where the frame at hand begins, and its first bytes.
    var frameStart: Int64 = 0
    var first: UInt8?
    var second: UInt8?
    var isKey = false
    /// In ticks, when the group says so.
    var duration: Int64?
    var isTorn = false
}

/// Elements behind the first kept byte that are left out.
struct WebMDrop: Sendable {
    var start: Int64
    /// Whether any of them is more than a Void already.
    var needsVoid: Bool
}

/// A place where the structure broke off, until the next cluster is found.
struct WebMTear: Sendable {
    var start: Int64
    /// Bytes are missing, rather than wrong.
    var isHole: Bool
    /// The cluster it lies in.
    var cluster: WebMCluster?
    /// In nanoseconds; of the last whole frame before it.
    var time: Int64?
}

/// IDs of elements (RFC 8794 §11, RFC 9559 §5), with their marker bits.
package enum MatroskaID {
    // Anywhere.
    package static let void: UInt32 = 0xEC
    package static let crc32: UInt32 = 0xBF

    // The top, and the EBML header.
    package static let ebml: UInt32 = 0x1A45_DFA3
    package static let segment: UInt32 = 0x1853_8067
    package static let docType: UInt32 = 0x4282
    package static let docTypeVersion: UInt32 = 0x4287

    // In the segment.
    package static let seekHead: UInt32 = 0x114D_9B74
    package static let info: UInt32 = 0x1549_A966
    package static let tracks: UInt32 = 0x1654_AE6B
    package static let cluster: UInt32 = 0x1F43_B675
    package static let cues: UInt32 = 0x1C53_BB6B
    package static let tags: UInt32 = 0x1254_C367
    package static let attachments: UInt32 = 0x1941_A469
    package static let chapters: UInt32 = 0x1043_A770

    // SeekHead.
    package static let seek: UInt32 = 0x4DBB
    package static let seekID: UInt32 = 0x53AB
    package static let seekPosition: UInt32 = 0x53AC

    // Info.
    package static let timestampScale: UInt32 = 0x2A_D7B1
    package static let duration: UInt32 = 0x4489
    package static let muxingApp: UInt32 = 0x4D80
    package static let writingApp: UInt32 = 0x5741

    // Tracks.
    package static let trackEntry: UInt32 = 0xAE
    package static let trackNumber: UInt32 = 0xD7
    package static let trackType: UInt32 = 0x83
    package static let codecID: UInt32 = 0x86
    package static let codecPrivate: UInt32 = 0x63A2
    package static let defaultDuration: UInt32 = 0x23_E383
    package static let contentEncodings: UInt32 = 0x6D80
    package static let video: UInt32 = 0xE0
    package static let pixelWidth: UInt32 = 0xB0
    package static let pixelHeight: UInt32 = 0xBA
    package static let audio: UInt32 = 0xE1
    package static let samplingFrequency: UInt32 = 0xB5
    package static let channels: UInt32 = 0x9F
    package static let bitDepth: UInt32 = 0x6264

    // Clusters.
    package static let timestamp: UInt32 = 0xE7
    package static let position: UInt32 = 0xA7
    package static let previousLength: UInt32 = 0xAB
    package static let simpleBlock: UInt32 = 0xA3
    package static let blockGroup: UInt32 = 0xA0
    package static let encryptedBlock: UInt32 = 0xAF
    package static let silentTracks: UInt32 = 0x5854

    // Block groups.
    package static let block: UInt32 = 0xA1
    package static let blockDuration: UInt32 = 0x9B
    package static let referenceBlock: UInt32 = 0xFB

    // Cues.
    package static let cuePoint: UInt32 = 0xBB
    package static let cueTime: UInt32 = 0xB3
    package static let cueTrackPositions: UInt32 = 0xB7
    package static let cueTrack: UInt32 = 0xF7
    package static let cueClusterPosition: UInt32 = 0xF1
    package static let cueRelativePosition: UInt32 = 0xF0

    /// Whether an element with this ID ends a cluster of unknown length (RFC 9559 §4.4).
    package static func isAboveCluster(_ id: UInt32) -> Bool {
        switch id {
        case ebml, segment, seekHead, info, tracks, cluster, cues, tags, attachments, chapters:
            true
        default: false
        }
    }
}

import Digests
import Foundation
import Wire

enum RightDigest {
    static func crc32c(_ bytes: Data) -> String {
        ContentDigest.crc32c(CRC32C.of([UInt8](bytes))).text
    }
}

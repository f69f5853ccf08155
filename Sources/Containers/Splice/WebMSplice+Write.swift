extension WebMSplice {
    /// Writes the new file, all lengths known: its head, then cluster by cluster.
    ///
    /// - Parameters:
    ///   - read: bytes of a source.
    ///   - write: takes the file, in order.
    ///
    /// Errors: whatever `read` and `write` throw.
    package func write(
        _ sources: [WebMBlocks],
        read: (_ source: Int, _ range: Range<Int64>) throws(SpliceError) -> [UInt8],
        write: ([UInt8]) throws(SpliceError) -> Void
    ) throws(SpliceError) {
        guard let first = sources.first else { return }
        let top = top(first)
        var byteCount = Int64(top.count)
        for cluster in clusters {
            let (header, payload) = header(cluster, sources)
            byteCount += Int64(header.count) + payload
        }
        var writer = ElementWriter()
        writer.element(MatroskaID.ebml, first.ebml)
        writer.header(
            MatroskaID.segment, payloadByteCount: byteCount,
            lengthWidth: EBMLNumber.lengthBytesMax)
        try write(writer.bytes + top)
        for cluster in clusters {
            var bytes = header(cluster, sources).header
            let start = cluster.first?.time ?? 0
            for entry in cluster {
                let block = sources[entry.source].blocks[entry.block]
                var element = try read(entry.source, block.range)
                // Checked when the cluster was begun.
                let relative = UInt16(bitPattern: Int16(clamping: entry.time - start))
                element[block.timePlace] = UInt8(relative >> 8)
                element[block.timePlace + 1] = UInt8(truncatingIfNeeded: relative)
                bytes += element
            }
            try write(bytes)
        }
    }

    /// Everything in front of a cluster's first block, and the bytes of its blocks.
    private func header(
        _ cluster: [Entry], _ sources: [WebMBlocks]
    ) -> (header: [UInt8], payload: Int64) {
        var time = ElementWriter()
        time.unsigned(MatroskaID.timestamp, cluster.first?.time ?? 0)
        let blocks = cluster.reduce(Int64(0)) {
            $0 + Int64(sources[$1.source].blocks[$1.block].range.count)
        }
        var writer = ElementWriter()
        writer.header(
            MatroskaID.cluster, payloadByteCount: Int64(time.bytes.count) + blocks,
            lengthWidth: EBMLNumber.lengthBytesMax)
        writer.append(time.bytes)
        return (writer.bytes, blocks)
    }

    /// Info with the new duration, and the tracks as they are.
    private func top(_ source: WebMBlocks) -> [UInt8] {
        var writer = ElementWriter()
        writer.master(MatroskaID.info) { info in
            for child in ElementList(source.info[...])
            where child.id != MatroskaID.duration && child.id != MatroskaID.void
                && child.id != MatroskaID.crc32
            {
                info.append(child.whole)
            }
            info.float(MatroskaID.duration, Double(length))
        }
        writer.element(MatroskaID.tracks, source.tracks)
        return writer.bytes
    }
}

internal import Posix
package import Recordings
package import Wire

/// A recording's waveform, and how it is damaged now.
package struct WaveformView: Sendable {
    package let document: WaveformDocument
    package let damage: [DamageEntry]
    /// In quotes.
    package let etag: String
    /// Milliseconds since 1970.
    package let lastModified: Int64
}

extension RecordingStore {
    /// Errors: `no-waveform`, and when to ask again if it is to come; `not-found`, `gone`.
    package func waveform(_ id: RecordingID) async throws(Problem) -> WaveformView {
        try await with(id) { entry async throws(Problem) in
            _ = try await self.status(id)
            guard let publication = entry.state.withLock({ $0.publication }) else {
                throw .noWaveform(
                    retryAfterSeconds: 5,
                    detail: "The recording still arrives. Its waveform comes once it is finalized.")
            }
            guard publication.hasSound, publication.isDecoded != false else {
                throw .noWaveform(
                    retryAfterSeconds: nil,
                    detail: "The recording has no Opus sound, in mono or stereo, to decode.")
            }
            if publication.isDecoded == true,
                let document = await self.storedWaveform(entry, publication)
            {
                return WaveformView(
                    document: document, damage: publication.damage,
                    etag: publication.waveformETag, lastModified: publication.publishedAt)
            }
            guard self.settings.decodesSound else {
                throw .noWaveform(
                    retryAfterSeconds: nil, detail: "This server does not decode recordings.")
            }
            if publication.isDecoded == true { self.background.add(id) }
            throw .noWaveform(
                retryAfterSeconds: 2,
                detail: "The sound has not been decoded yet. That is done when the server has "
                    + "nothing better to do; ask again.")
        }
    }

    /// Nil where the file is missing or not what was written: it is made anew.
    private func storedWaveform(
        _ entry: Entry, _ publication: Publication
    ) async -> WaveformDocument? {
        let path = entry.folder.waveform(publication.generation)
        return await disk.perform { [files] in
            guard let bytes = try? files.contents(path) else { return nil }
            guard let document = try? WireJSON.decode(WaveformDocument.self, from: bytes) else {
                // So that whoever makes it anew sees that it is missing.
                try? files.remove(path)
                return nil
            }
            return document
        }
    }
}

extension Publication {
    /// It changes with the artifact, and with what is known to be damaged.
    fileprivate var waveformETag: String {
        let etag = etag(asReceived: false).dropLast()
        return "\(etag)-waveform-\(damage.count)\""
    }
}

extension Problem {
    /// What kind of problem it is, in a few words.
    package var title: String {
        switch self {
        case .chunkConflict: "Other bytes are stored here"
        case .sequenceMismatch: "The sequence contradicts a stored chunk"
        case .gaps: "Bytes are missing"
        case .alreadyFinalized: "The recording is finalized"
        case .finalizeConflict: "Finalized with other values"
        case .recordingDigestMismatch: "The recording has another digest"
        case .creationConflict: "The recording was created otherwise"
        case .lengthExceeded: "Beyond the declared length"
        case .tooFarAhead: "Too far ahead of the prefix"
        case .chunkEmpty: "The chunk has no bytes"
        case .digestMismatch: "The bytes have another digest"
        case .digestInvalid: "The digest cannot be read"
        case .digestUnsupported: "The digest's algorithm is not supported"
        case .chunkTooLarge: "The chunk is too large"
        case .recordingTooLarge: "The recording is too large"
        case .badRequest: "The request cannot be read"
        case .eventInvalid: "An event cannot be read"
        case .batchTooLarge: "The batch is too large"
        case .unauthorized: "Authorization is needed"
        case .forbidden: "Not allowed"
        case .notFound: "Not found"
        case .noWaveform: "There is no waveform"
        case .methodNotAllowed: "The method is not allowed here"
        case .gone: "The recording is gone"
        case .lengthRequired: "A length is needed"
        case .unsupportedMediaType: "The body's media type is not supported"
        case .rangeNotSatisfiable: "The range lies outside the media"
        case .tooManyRequests: "Too many requests"
        case .overloaded: "Overloaded"
        case .insufficientStorage: "Storage is full"
        case .internalError: "The server failed"
        }
    }

    /// What happened this time, and what to do about it.
    package var detail: String {
        switch self {
        case .chunkConflict(let start, let end, _, _):
            "Bytes \(start) to \(end) are stored with other content and stay as they are. "
                + "Send them as they were, or start a new recording."
        case .sequenceMismatch(let offset, let sequence):
            Self.explainSequence(offset: offset, sequence: sequence)
        case .gaps:
            "Send what is missing, then finalize again; or finalize with incomplete set to true."
        case .alreadyFinalized:
            "No new bytes are taken. Repeated chunks are still acknowledged."
        case .finalizeConflict:
            "The first finalize fixed these values. Repeat it with them to get its answer."
        case .recordingDigestMismatch:
            "Nothing was finalized. Compare the chunks with the local copy, then finalize again."
        case .creationConflict:
            "Another creation has this id. Repeat it unchanged, or choose a new id."
        case .lengthExceeded(let length, let end):
            "The recording's length is \(length), and bytes up to \(end) are stored."
        case .tooFarAhead(let windowBytes, let prefix):
            "Send the bytes from \(prefix) on first: "
                + "a chunk may start at most \(windowBytes) bytes beyond them."
        case .chunkEmpty:
            "A chunk has at least one byte. Do not send empty ones."
        case .digestMismatch:
            "The chunk was discarded. Send it again, with the digest of its bytes."
        case .digestInvalid(let detail), .badRequest(let detail), .internalError(let detail),
            .eventInvalid(_, _, let detail), .noWaveform(_, let detail),
            .overloaded(_, let detail),
            .insufficientStorage(_, let detail):
            detail
        case .digestUnsupported(let supported):
            "The chunk was discarded. Send one of: \(supported.joined(separator: ", "))."
        case .chunkTooLarge(let limitBytes):
            "A chunk may have at most \(limitBytes) bytes. Send it in parts."
        case .recordingTooLarge(let limitBytes):
            "A recording may have at most \(limitBytes) bytes. Finalize it, then start a new one."
        case .batchTooLarge(let limitEvents, let limitBytes):
            "A batch may have at most \(limitEvents) events and \(limitBytes) bytes. "
                + "Send it in parts."
        case .unauthorized(let lack):
            Self.explain(lack)
        case .forbidden:
            "What the request shows does not allow this, or belongs to another recording."
        case .notFound:
            "There is nothing here. Create the recording first."
        case .methodNotAllowed(let allow):
            "Allowed here: \(allow.joined(separator: ", "))."
        case .gone(let reason):
            Self.explainGone(reason)
        case .lengthRequired:
            "Send Content-Length, or a chunked body."
        case .unsupportedMediaType:
            "Send the body as application/json."
        case .rangeNotSatisfiable(let byteCount):
            "The media has \(byteCount) bytes."
        case .tooManyRequests(let seconds):
            "Try again after \(seconds) s."
        }
    }

    private static func explainSequence(offset: Int64?, sequence: Int64?) -> String {
        switch (offset, sequence) {
        case (let offset?, let sequence?):
            "Its neighbour lets chunk \(sequence) be at offset \(offset)."
        case (let offset?, nil): "The chunk with this sequence belongs at offset \(offset)."
        case (nil, let sequence?): "The chunk at this offset has sequence \(sequence)."
        case (nil, nil): "No sequence is free between the chunks that are stored around it."
        }
    }

    private static func explain(_ lack: Lack) -> String {
        switch lack {
        case .credential:
            "Send the recording's token, or an operator's key, as Authorization: Bearer."
        case .validCredential:
            "What the request shows is unknown here, was revoked, or has expired."
        case .token:
            "Choose a token for the recording, 22 random characters of base64url or more, and send "
                + "it as Authorization: Bearer with every request for it."
        case .applicationKey:
            "Creating a recording takes the application's key in Application-Key, beside the "
                + "recording's token in Authorization."
        case .validApplicationKey:
            "The application key is unknown here, was revoked, or has expired."
        }
    }

    private static func explainGone(_ reason: GoneReason) -> String {
        switch reason {
        case .deleted: "It was deleted by request. Ask before sending it again under a new id."
        case .expired: "It expired. Create a new recording that replaces it."
        }
    }
}

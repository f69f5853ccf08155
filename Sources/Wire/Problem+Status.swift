extension Problem {
    /// The status code (RFC 9110 §15).
    package var status: Int {
        switch self {
        case .chunkEmpty, .digestMismatch, .digestInvalid, .digestUnsupported, .badRequest,
            .eventInvalid:
            400
        case .unauthorized: 401
        case .forbidden: 403
        case .notFound, .noWaveform: 404
        case .methodNotAllowed: 405
        case .chunkConflict, .sequenceMismatch, .gaps, .alreadyFinalized, .finalizeConflict,
            .recordingDigestMismatch, .creationConflict, .lengthExceeded, .tooFarAhead:
            409
        case .gone: 410
        case .lengthRequired: 411
        case .chunkTooLarge, .recordingTooLarge, .batchTooLarge: 413
        case .unsupportedMediaType: 415
        case .rangeNotSatisfiable: 416
        case .tooManyRequests: 429
        case .internalError: 500
        case .overloaded: 503
        case .insufficientStorage: 507
        }
    }

    /// The last part of `type`, also the label in metrics and logs: `chunk-conflict`.
    package var name: String {
        switch self {
        case .chunkConflict: "chunk-conflict"
        case .sequenceMismatch: "sequence-mismatch"
        case .gaps: "gaps"
        case .alreadyFinalized: "already-finalized"
        case .finalizeConflict: "finalize-conflict"
        case .recordingDigestMismatch: "recording-digest-mismatch"
        case .creationConflict: "creation-conflict"
        case .lengthExceeded: "length-exceeded"
        case .tooFarAhead: "too-far-ahead"
        case .chunkEmpty: "chunk-empty"
        case .digestMismatch: "digest-mismatch"
        case .digestInvalid: "digest-invalid"
        case .digestUnsupported: "digest-unsupported"
        case .chunkTooLarge: "chunk-too-large"
        case .recordingTooLarge: "recording-too-large"
        case .badRequest: "bad-request"
        case .eventInvalid: "event-invalid"
        case .batchTooLarge: "batch-too-large"
        case .unauthorized: "unauthorized"
        case .forbidden: "forbidden"
        case .notFound: "not-found"
        case .noWaveform: "no-waveform"
        case .methodNotAllowed: "method-not-allowed"
        case .gone: "gone"
        case .lengthRequired: "length-required"
        case .unsupportedMediaType: "unsupported-media-type"
        case .rangeNotSatisfiable: "range-not-satisfiable"
        case .tooManyRequests: "too-many-requests"
        case .overloaded: "overloaded"
        case .insufficientStorage: "insufficient-storage"
        case .internalError: "internal-error"
        }
    }

    /// The URI reference that names the kind of problem (RFC 9457 §3.1.1).
    package var type: String { "/problems/" + name }

    /// The fields of the answer, beside those of its body.
    package var fields: [(String, String)] {
        switch self {
        case .tooManyRequests(let seconds), .overloaded(let seconds, _),
            .insufficientStorage(let seconds, _):
            [(Names.retryAfter, String(seconds))]
        case .noWaveform(let seconds, _):
            seconds.map { [(Names.retryAfter, String($0))] } ?? []
        case .methodNotAllowed(let allow):
            [(Names.allow, allow.joined(separator: ", "))]
        case .rangeNotSatisfiable(let byteCount):
            [(Names.contentRange, "bytes */\(byteCount)")]
        case .unauthorized(let lack):
            // RFC 6750 §3: no error code where nothing was shown.
            switch lack {
            case .credential, .token, .applicationKey:
                [(Names.wwwAuthenticate, "Bearer realm=\"holdfast\"")]
            case .validCredential, .validApplicationKey:
                [
                    (
                        Names.wwwAuthenticate,
                        "Bearer realm=\"holdfast\", error=\"invalid_token\""
                    )
                ]
            }
        case .digestInvalid, .digestUnsupported:
            [(Names.wantContentDigest, "sha-256=10, crc32c=5")]
        case .chunkConflict, .sequenceMismatch, .gaps, .alreadyFinalized, .finalizeConflict,
            .recordingDigestMismatch, .creationConflict, .lengthExceeded, .tooFarAhead,
            .chunkEmpty, .digestMismatch, .chunkTooLarge, .recordingTooLarge, .badRequest,
            .eventInvalid, .batchTooLarge, .forbidden, .notFound, .gone, .lengthRequired,
            .unsupportedMediaType, .internalError:
            []
        }
    }
}

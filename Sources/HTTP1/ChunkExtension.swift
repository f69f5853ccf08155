/// Where in a chunk's extensions a byte stands (RFC 9112 §7.1.1):
/// `*( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] )`. Their meaning is ignored;
/// their grammar is not, since what hides a line's end here hides a request.
enum ChunkExtension: Sendable {
    case beforeSemicolon
    case beforeName
    case name
    case afterName
    case beforeValue
    case token
    case quoted
    case escaped
    case closed

    /// A line may end here.
    var isWhole: Bool {
        switch self {
        case .name, .token, .closed: true
        case .beforeSemicolon, .beforeName, .afterName, .beforeValue, .quoted, .escaped: false
        }
    }

    /// The state behind `byte`; nil where it must not stand.
    func after(_ byte: UInt8) -> ChunkExtension? {
        let isBlank = Characters.isBlank(byte)
        let isToken = Characters.token.contains(byte)
        switch self {
        case .beforeSemicolon:
            return isBlank ? .beforeSemicolon : byte == Characters.semicolon ? .beforeName : nil
        case .beforeName:
            return isBlank ? .beforeName : isToken ? .name : nil
        case .name:
            if isToken { return .name }
            return ChunkExtension.afterName.after(byte)
        case .afterName:
            if byte == Characters.equals { return .beforeValue }
            return isBlank ? .afterName : byte == Characters.semicolon ? .beforeName : nil
        case .beforeValue:
            if byte == Characters.quote { return .quoted }
            return isBlank ? .beforeValue : isToken ? .token : nil
        case .token:
            if isToken { return .token }
            return ChunkExtension.beforeSemicolon.after(byte)
        case .quoted:
            if byte == Characters.quote { return .closed }
            if byte == Characters.backslash { return .escaped }
            return Characters.isFieldContent(byte) ? .quoted : nil
        case .escaped:
            return Characters.isFieldContent(byte) ? .quoted : nil
        case .closed:
            return ChunkExtension.beforeSemicolon.after(byte)
        }
    }
}

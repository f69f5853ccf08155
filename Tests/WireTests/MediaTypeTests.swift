import Testing
import Wire

struct MediaTypeTests {
    struct Row: Sendable {
        let text: String
        let base: String
        let container: MediaType.Container
        let fileExtension: String
        var isServedInline = true
    }

    @Test(arguments: [
        Row(text: "video/webm", base: "video/webm", container: .webm, fileExtension: "webm"),
        Row(
            text: "Video/WebM;codecs=vp8,opus", base: "video/webm", container: .webm,
            fileExtension: "webm"),
        Row(
            text: " audio/webm ; codecs=\"opus\"", base: "audio/webm", container: .webm,
            fileExtension: "webm"),
        Row(
            text: "video/x-matroska;codecs=avc1", base: "video/x-matroska", container: .webm,
            fileExtension: "mkv"),
        Row(
            text: "audio/ogg; codecs=opus", base: "audio/ogg", container: .ogg,
            fileExtension: "ogg"),
        Row(text: "audio/mp4;", base: "audio/mp4", container: .mp4, fileExtension: "m4a"),
        Row(text: "video/mp4", base: "video/mp4", container: .mp4, fileExtension: "mp4"),
        Row(text: "audio/wav", base: "audio/wav", container: .other, fileExtension: "wav"),
        Row(text: "audio/mpeg", base: "audio/mpeg", container: .other, fileExtension: "mp3"),
        Row(
            text: "text/html", base: "text/html", container: .other, fileExtension: "bin",
            isServedInline: false),
        Row(
            text: "image/svg+xml", base: "image/svg+xml", container: .other,
            fileExtension: "bin", isServedInline: false),
        Row(
            text: "application/x-thing;a=/;b", base: "application/x-thing", container: .other,
            fileExtension: "bin", isServedInline: false),
    ])
    func `Is read leniently and served from a fixed list`(row: Row) throws {
        let type = try #require(MediaType(row.text))
        #expect(type.base == row.base)
        #expect(type.text == row.text)
        #expect(type.container == row.container)
        #expect(type.fileExtension == row.fileExtension)
        #expect(type.isServedInline == row.isServedInline)
        #expect(type.servedAs == (row.isServedInline ? row.base : "application/octet-stream"))
    }

    @Test(arguments: [
        "", " ", "/", "video", "video/", "/webm", "video//webm", "video/webm/x", "vi deo/webm",
        "video /webm", "video/webm x", ";video/webm", "video/webm\r\nX: 1", "vidéo/webm",
        "video/webm;a=\u{7f}", "<b>/webm", "\tvideo/webm",
        "video/" + String(repeating: "x", count: 250),
    ])
    func `Is refused when it is none`(text: String) {
        #expect(MediaType(text) == nil)
    }
}

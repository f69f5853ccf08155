import Foundation
import Glibc
import TestKit
import Testing

extension Service {
    /// A person pauses a recording, and lets it go on.
    @Suite("Pausing") struct PauseTests {
        private let holdfast = Holdfast()

        enum Way: CaseIterable { case key, signal }

        @Test("what is said during a pause is left out", arguments: Way.allCases)
        func pauses(way: Way) throws {
            let terminal = try Terminal()
            #expect(terminal.isAsAlways)
            let microphone = try Microphone(in: holdfast.folder.path, seed: 1)
            let recorder = try ChildProcess(
                BuiltPrograms.path("holdfast"),
                ["record", microphone.path, "--profile", holdfast.profile] + Holdfast.sound,
                at: terminal)
            #expect(recorder.waitForLine(.error, with: "the space bar pauses") != nil)
            func press() throws {
                switch way {
                case .key: try terminal.press(Array("x ".utf8))
                case .signal: recorder.signal(SIGUSR1)
                }
            }
            try microphone.say(50_000)
            #expect(!terminal.isAsAlways)
            try press()
            #expect(recorder.waitForLine(.error, with: "paused at") != nil)
            try microphone.say(100_000)
            try press()
            #expect(recorder.waitForLine(.error, with: "goes on") != nil)
            try microphone.say(50_000)
            // Ctrl-C at the keyboard.
            try terminal.press([3])
            #expect(recorder.waitForEnd() == .exited(0), "\(recorder.text(.error))")
            #expect(terminal.isAsAlways)
            let seconds = try #require(try holdfast.list().first?["durationSeconds"]?.number)
            // What the microphone held, 2,048 samples, may fall on either side.
            let sampleCount = Int(seconds * 48_000)
            #expect(abs(sampleCount - 100_000) <= 4_096, "\(sampleCount)")
        }

        @Test("standard input that is recorded has no keys")
        func noKeys() throws {
            let terminal = try Terminal()
            let recorder = try ChildProcess(
                BuiltPrograms.path("holdfast"),
                ["record", "--profile", holdfast.profile] + Holdfast.sound, at: terminal)
            // A line of two samples, and then the end (Ctrl-D).
            try terminal.press(Array("abc\n".utf8) + [4])
            #expect(recorder.waitForEnd() == .exited(0), "\(recorder.text(.error))")
            #expect(!recorder.text(.error).contains("space bar"))
            #expect(
                try holdfast.list().first?["durationSeconds"]?.number == 2.0 / 48_000)
        }
    }
}

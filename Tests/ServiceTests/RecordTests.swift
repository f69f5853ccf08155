import Containers
import Foundation
import Glibc
import IngestClient
import TestKit
import Testing

extension Service {
    /// The recorder's command line, killed, stopped and out of room.
    @Suite("holdfast record") struct RecordTests {
        private static let kills =
            ProcessInfo.processInfo.environment["HOLDFAST_KILLS"].flatMap { Int($0) } ?? 10

        /// What a recorder had said by the time of its end.
        private struct Said {
            var id: String?
            var ended: JSON?
            var safeBytes: Int64 = 0
            var safeSeconds = 0.0
            var takenSeconds = 0.0

            init(_ process: ChildProcess) {
                for line in process.text(.output).split(separator: "\n") {
                    // A killed one may have died within a line.
                    guard let line = try? JSONDecoder().decode(JSON.self, from: Data(line.utf8))
                    else { continue }
                    switch line["event"]?.text {
                    case "began": id = line["id"]?.text
                    case "levels": takenSeconds = line["seconds"]?.number ?? 0
                    case "safe":
                        safeBytes = line["bytes"]?.integer ?? 0
                        safeSeconds = line["seconds"]?.number ?? 0
                    case "ended": ended = line
                    default: break
                    }
                }
            }
        }

        @Test("a recorder that is killed loses at most the second that was not safe yet")
        func survivesKills() throws {
            let seed: UInt64 = 0x4B11_4EC0
            print("RecordTests: seed \(seed), \(Self.kills) kills")
            var random = SeededRandom(seed)
            let profile = TemporaryFolder("record")
            var missing: [Double] = []
            for kill in 1...Self.kills {
                let microphone = try Microphone(in: profile.path, seed: UInt64(kill))
                let recorder = try start([microphone.path] + Self.sound, in: profile, "--json")
                try microphone.say(1 + Int(random.next() % 192_000))
                recorder.signal(SIGKILL)
                #expect(recorder.waitForEnd() == .signalled(SIGKILL))
                let said = Said(recorder)
                guard let id = said.id else {
                    // It had not begun, and has promised nothing.
                    #expect(said.safeBytes == 0)
                    continue
                }
                let played = try expectWhole(id, in: profile.path, said, "kill \(kill)")
                let taken = max(said.takenSeconds, Double(microphone.sampleCount - 2_048) / 48_000)
                missing.append(taken - played)
            }
            // The microphone may be ahead of the recorder by one read, 64 KiB.
            let worst = missing.max() ?? 0
            let mean = missing.reduce(0, +) / Double(max(1, missing.count))
            print("RecordTests: \(missing.count) recordings, \(mean) s missing, at most \(worst) s")
            #expect(worst <= 1.1)
        }

        /// Opens the profile, as the next command does. Returns how long the recording plays.
        private func expectWhole(
            _ id: String, in folder: String, _ said: Said, _ name: String
        ) throws -> Double {
            let outbox = try Outbox(folder: folder)
            let recording = try outbox.recording(id)
            #expect(recording.state == .pending, "\(name)")
            #expect(recording.byteCount >= said.safeBytes, "\(name)")
            let bytes = try Files.read(recording.mediaPath)
            #expect(Int64(bytes.count) == recording.byteCount, "\(name)")
            var end: Int64 = 0
            for chunk in try outbox.chunks(of: id) {
                #expect(chunk.offset == end, "\(name)")
                // Checked against its checksum.
                #expect(try outbox.bytes(of: chunk, recording).count == Int(chunk.byteCount))
                end = chunk.range.upperBound
            }
            #expect(end == recording.byteCount, "\(name)")
            var packets = OggOpusPackets()
            try packets.read(bytes.span)
            guard packets.headers.count == 2, let timeline = packets.timeline,
                timeline.length > 0
            else {
                #expect(said.safeSeconds < 0.02, "\(name): \(said)")
                return 0
            }
            #expect(try Judge.ffmpeg(recording.mediaPath) ?? "" == "", "\(name)")
            #expect(try Judge.opusinfo(recording.mediaPath) ?? "" == "", "\(name)")
            let played = Double(timeline.length) / 48_000
            // The encoder keeps up to 20 ms until its next packet.
            #expect(played >= said.safeSeconds - 0.02, "\(name): \(said)")
            return played
        }

        @Test(
            "Ctrl-C ends a recording cleanly, with all that was said", arguments: [SIGINT, SIGTERM])
        func endsBySignal(signal: Int32) throws {
            let profile = TemporaryFolder("record")
            let microphone = try Microphone(in: profile.path, seed: 1)
            let recorder = try start([microphone.path] + Self.sound, in: profile, "--json")
            try microphone.say(50_001)
            #expect(recorder.waitForLine(.output, with: "\"seconds\":1") != nil)
            recorder.signal(signal)
            #expect(recorder.waitForEnd() == .exited(0), "\(recorder.text(.error))")
            let ended = try #require(Said(recorder).ended)
            #expect(ended["seconds"]?.number == Double(50_001) / 48_000)
            let list = try Outbox.list(folder: profile.path)
            #expect(list.map(\.state) == [.pending])
            #expect(try Judge.opusinfo(list[0].mediaPath) ?? "" == "")
        }

        @Test(
            "a full disk ends a recording, which is kept and sent later",
            arguments: [8 << 20, 0])
        func fullDisk(freeBytes: Int) throws {
            guard let disk = try FullDisk(mebibytes: 24) else {
                return try Skip.loudly("a full disk needs root and mount(8)")
            }
            let filler = disk.path + "/filler"
            try Files.write([UInt8](repeating: 1, count: 1 << 20), to: filler)
            // More than there is room for, of what is kept as it comes.
            let recorder = try ChildProcess(
                BuiltPrograms.path("holdfast"),
                [
                    "record", "--capture", "head -c 100000000 /dev/zero", "--profile",
                    disk.path + "/profile", "--free-bytes", "\(freeBytes)",
                ])
            // On a disk without a single byte the journal may not say any more how it ended.
            let endings: [ChildProcess.Ending] =
                freeBytes > 0 ? [.exited(4)] : [.exited(4), .exited(2)]
            #expect(endings.contains(recorder.waitForEnd()), "\(recorder.text(.error))")
            #expect(recorder.text(.error).contains("disk is full"), "\(recorder.text(.error))")
            try FileManager.default.removeItem(atPath: filler)
            let outbox = try Outbox(
                folder: disk.path + "/profile", limits: OutboxLimits(freeDiskBytesMin: 0))
            let recording = try #require(try outbox.recordings().first)
            #expect(recording.state == .pending && recording.byteCount > 1 << 20)
            let bytes = try Files.read(recording.mediaPath)
            #expect(Int64(bytes.count) == recording.byteCount)
        }

        @Test("a folder that cannot be written is told, and nothing is lost")
        func readOnly() throws {
            guard let disk = try FullDisk(mebibytes: 4) else {
                return try Skip.loudly("a read-only folder needs root and mount(8)")
            }
            let input = TemporaryFolder("record")
            let wav = input.path + "/a.raw"
            try Files.write([UInt8](repeating: 0, count: 96_000), to: wav)
            let profile = ["--profile", disk.path + "/profile"]
            let record = ["record", wav, "--free-bytes", "0"] + Self.sound + profile
            let before = try ChildProcess(BuiltPrograms.path("holdfast"), record)
            #expect(before.waitForEnd() == .exited(0), "\(before.text(.error))")
            let mount = try ChildProcess(
                "/bin/mount", ["-o", "remount,ro", disk.path])
            #expect(mount.waitForEnd() == .exited(0))
            let recorder = try ChildProcess(BuiltPrograms.path("holdfast"), record)
            #expect(recorder.waitForEnd() == .exited(2))
            #expect(recorder.text(.error).contains("cannot be used"))
            #expect(recorder.text(.error).contains("Read-only"), "\(recorder.text(.error))")
            // What was recorded before is listed, and plays.
            let list = try ChildProcess(BuiltPrograms.path("holdfast"), ["list"] + profile)
            #expect(list.waitForEnd() == .exited(0), "\(list.text(.error))")
            #expect(list.text(.output).contains("pending"), "\(list.text(.output))")
            let copy = input.path + "/copy.ogg"
            let play = try ChildProcess(
                BuiltPrograms.path("holdfast"), ["play", "--export", copy] + profile)
            #expect(play.waitForEnd() == .exited(0), "\(play.text(.error))")
            #expect(try Judge.opusinfo(copy) ?? "" == "")
        }

        @Test("what was recorded is edited, exported and undone by commands")
        func editsByCommands() throws {
            let profile = TemporaryFolder("record")
            let path = profile.path + "/a.raw"
            try Files.write([UInt8](repeating: 0, count: 96_000 * 3), to: path)
            let recorder = try start([path] + Self.sound, in: profile, "--json", "--record-only")
            #expect(recorder.waitForEnd() == .exited(0), "\(recorder.text(.error))")
            let id = try #require(Said(recorder).id)
            func holdfast(_ arguments: String...) throws -> ChildProcess {
                let process = try ChildProcess(
                    BuiltPrograms.path("holdfast"), arguments + ["--profile", profile.path])
                #expect(process.waitForEnd() == .exited(0), "\(process.text(.error))")
                return process
            }
            let trim = try holdfast("edit", "trim", id, "--from", "0:01", "--to", "2.5", "--json")
            let edit = try JSONDecoder().decode(JSON.self, from: Data(trim.text(.output).utf8))
            #expect(edit["seconds"]?.number == 1.5 && edit["state"]?.text == "kept")
            let copy = profile.path + "/copy.ogg"
            _ = try holdfast("play", try #require(edit["id"]?.text), "--export", copy)
            #expect(try Judge.opusinfo(copy) ?? "" == "")
            let played = try holdfast("play", id, "--path")
            #expect(played.text(.output).hasSuffix("media/\(id).ogg\n"))
            _ = try holdfast("edit", "undo", try #require(edit["id"]?.text))
            #expect(try Outbox.list(folder: profile.path).map(\.id) == [id])
        }

        @Test("with a server it is sent while it is recorded, and is there when the command ends")
        func sendsLive() throws {
            let server = try ServerProcess()
            let profile = TemporaryFolder("record")
            let microphone = try Microphone(in: profile.path, seed: 2)
            let recorder = try start(
                [microphone.path] + Self.sound, in: profile, "--json", "--chunk-seconds", "0.1",
                "--server", "http://127.0.0.1:\(server.port)")
            try microphone.say(100_000)
            #expect(recorder.waitForLine(.output, with: "\"safe\"") != nil)
            let id = try #require(Said(recorder).id)
            let client = RecordingClient(port: server.port)
            // Before the end there is something of it already.
            var status = try client.status(id)
            for _ in 0..<600 where status.status != 200 || Self.prefix(status) == 0 {
                usleep(50_000)
                status = try client.status(id)
            }
            #expect(Self.prefix(status) > 0, "\(status)")
            recorder.signal(SIGINT)
            #expect(recorder.waitForEnd() == .exited(0), "\(recorder.text(.error))")
            let path = try #require(try Outbox.list(folder: profile.path).first).mediaPath
            let received = try client.received(id)
            let isSame = received.body == (try Files.read(path))
            #expect(isSame, "\(received.status)")
            #expect(try client.status(id).json()["condition"]?.text == "complete")
        }

        private static func prefix(_ status: Answer) -> Int64 {
            // Before it is created there is no document.
            (try? status.json()["prefix"]?.integer) ?? 0
        }

        private static let sound = ["--pcm", "s16le", "--rate", "48000", "--channels", "1"]

        private func start(
            _ arguments: [String], in profile: TemporaryFolder, _ more: String...
        ) throws -> ChildProcess {
            try ChildProcess(
                BuiltPrograms.path("holdfast"),
                ["record", "--profile", profile.path] + arguments + more)
        }
    }
}

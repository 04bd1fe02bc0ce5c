//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import Glibc
import Testing

@testable import GridModel
@testable import GridStore

/// Files beside the state file, and what attaches them.
@Suite struct FileFolderTests {
    /// Keeps a text as a file.
    static func keep(_ text: String, in folder: FileFolder) throws -> StoredFile {
        let draft = try folder.draft()
        for part in [text.prefix(2), text.dropFirst(2)] {
            try Array(part.utf8).withUnsafeBytes { try draft.append($0) }
        }
        #expect(draft.size == text.utf8.count)
        let (hash, size) = try folder.keep(draft.path)
        return StoredFile(hash: hash, type: .jpeg, size: size)
    }

    /// Attaches a file as the sample assignment's holder.
    @discardableResult
    static func attach(
        _ file: StoredFile,
        _ kind: GridModel.Attachment.Kind = .after,
        to assignment: Assignment = .sample(),
        as actor: PostAddress = leader,
        quota: Int = 1_000,
        in store: StateFile
    ) async throws -> Bool {
        let folder = store.files
        return try await store.write { transaction in
            let attachment = GridModel.Attachment(kind: kind, file: file)
            return try transaction.attach(
                attachment,
                to: assignment,
                as: actor,
                by: nil,
                in: folder,
                quota: quota,
                at: at(7)
            )
            .isNew
        }
    }

    /// What is in the folder, without the folders in it.
    static func files(_ folder: FileFolder) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.utf8.count > 2 }.sorted()
    }

    @Test("A file is named by the SHA-256 of its content, for this user only, and kept once")
    func keeping() async throws {
        try await withStateFile { file async throws in
            let first = try Self.keep("abc", in: file.files)
            #expect(first.hash.text == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
            #expect(first.size == 3)
            #expect(try Self.keep("abc", in: file.files) == first)
            #expect(try Self.files(file.files) == ["ba/\(first.hash)"])
            let path = file.files.path(of: first.hash)
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("abc".utf8))
            for (name, mode) in [(path, 0o600), (file.files.path, 0o700), (file.files.path + "/ba", 0o700)] {
                #expect(try FileManager.default.attributesOfItem(atPath: name)[.posixPermissions] as? Int == mode)
            }
        }
    }

    @Test("A draft that is not kept is gone with whoever wrote it")
    func drafts() async throws {
        try await withStateFile { file async throws in
            do {
                let draft = try file.files.draft()
                try Array("half".utf8).withUnsafeBytes { try draft.append($0) }
                #expect(try Self.files(file.files).count == 1)
            }
            #expect(try Self.files(file.files).isEmpty)
        }
    }

    @Test("The same content is attached once as each kind, whatever the state has become")
    func once() async throws {
        try await withStateFile { file async throws in
            let photo = try Self.keep("photo", in: file.files)
            #expect(try await Self.attach(photo, in: file))
            #expect(try await !Self.attach(photo, in: file))
            #expect(try await !Self.attach(photo, to: .sample(state: .completed), in: file))
            #expect(try await Self.attach(photo, .before, in: file))
            let lines = try await file.read { try $0.attachments(of: .sample()) }
            #expect(lines.map(\.attachment.kind) == [.after, .before])
            #expect(lines.allSatisfy { $0.attachment.file == photo && $0.post == leader && $0.at == at(7) })
            #expect(try await file.read { try $0.fileBytes() } == 5)
        }
    }

    @Test("Only the holder attaches, only while she works on it, and not without end")
    func refusals() async throws {
        try await withStateFile { file async throws in
            let photo = try Self.keep("photo", in: file.files)
            await #expect(throws: Refusal.self) { try await Self.attach(photo, as: liaison, in: file) }
            for state in AssignmentState.allCases where ![.issued, .accepted, .escalated].contains(state) {
                await #expect(throws: Refusal.self, "\(state)") {
                    try await Self.attach(photo, to: .sample(state: state), in: file)
                }
            }
            for number in 1...GridModel.Attachment.limit {
                try await Self.attach(try Self.keep("\(number)", in: file.files), in: file)
            }
            await #expect(throws: Refusal.self) { try await Self.attach(photo, in: file) }
            #expect(try await file.read { try $0.attachments(of: .sample()).count } == GridModel.Attachment.limit)
        }
    }

    @Test("The quota counts each content once; what does not fit is not attached")
    func quota() async throws {
        try await withStateFile { file async throws in
            let photo = try Self.keep("photo", in: file.files)
            try await Self.attach(photo, quota: 5, in: file)
            try await Self.attach(photo, .before, quota: 5, in: file)
            let other = try Self.keep("x", in: file.files)
            await expectStoreError(.full) { try await Self.attach(other, quota: 5, in: file) }
            #expect(try await file.read { try $0.attachments(of: .sample()).count } == 2)
            try await Self.attach(other, quota: 6, in: file)
        }
    }

    @Test("What is not in the folder cannot be attached")
    func absent() async throws {
        try await withStateFile { file async throws in
            let photo = try Self.keep("photo", in: file.files)
            unlink(file.files.path(of: photo.hash))
            await expectStoreError(.io) { try await Self.attach(photo, in: file) }
            #expect(try await file.read { try $0.storedFile(photo.hash) } == nil)
        }
    }

    @Test("After a day what nobody attached is removed, and what somebody did stays")
    func collecting() async throws {
        try await withStateFile { file async throws in
            let attached = try Self.keep("attached", in: file.files)
            try await Self.attach(attached, in: file)
            let orphan = try Self.keep("orphan", in: file.files)
            let draft = try file.files.draft()
            let now = Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
            #expect(try await file.collectFiles(at: now.adding(milliseconds: StateFile.orphanAge - 60_000)) == 0)
            #expect(try Self.files(file.files).count == 3)
            let later = now.adding(milliseconds: StateFile.orphanAge + 60_000)
            #expect(try await file.collectFiles(at: later) == 2)
            #expect(try Self.files(file.files) == ["\(attached.hash.text.prefix(2))/\(attached.hash)"])
            #expect(!file.files.contains(orphan.hash))
            withExtendedLifetime(draft) {}
            // A file that nobody attached for long, and is sent again, begins anew.
            let again = try Self.keep("orphan", in: file.files)
            let path = file.files.path(of: again.hash)
            let old = [timespec(), timespec()]
            utimensat(AT_FDCWD, path, old, 0)
            _ = try Self.keep("orphan", in: file.files)
            #expect(try await file.collectFiles(at: now) == 0)
            #expect(file.files.contains(again.hash))
        }
    }

    @Test("While files are attached and others collected, every row has its file")
    func race() async throws {
        try await withStateFile { file async throws in
            let far = Instant(milliseconds: 4_000_000_000_000)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    while !Task.isCancelled { _ = try await file.collectFiles(at: far) }
                }
                var attached = 0
                for number in 1...200 {
                    let id = AssignmentID.sample(number)
                    do {
                        let photo = try Self.keep("photo \(number)", in: file.files)
                        try await Self.attach(photo, to: .sample(id), quota: 1_000_000, in: file)
                        attached += 1
                        #expect(file.files.contains(photo.hash))
                    } catch let error as StoreError where error.code == .io {
                        // Collected first, since here a day is over at once: it is to be sent again.
                    }
                }
                #expect(attached > 0)
                group.cancelAll()
                do { try await group.waitForAll() } catch is CancellationError {}
            }
        }
    }

    @Test(
        "A backup has the files that it refers to, and a restored one puts them back; the old ones stay with the old file"
    )
    func backup() async throws {
        try await withFolder { folder in
            let path = folder + "/state"
            let file = try StateFile.open(at: path)
            let photo = try Self.keep("photo", in: file.files)
            try await Self.attach(photo, in: file)
            _ = try Self.keep("nobody's", in: file.files)
            let report = try file.backupNow(to: folder + "/backup")
            #expect(report.files == 1 && report.missing == 0)
            let later = try Self.keep("later", in: file.files)
            try await Self.attach(later, in: file)
            try file.close()
            #expect(try Self.files(FileFolder(of: folder + "/backup")).count == 1)
            let kept = try #require(try StateFile.restoreNow(folder + "/backup", to: path, at: at(1)))
            #expect(FileFolder(of: kept).contains(photo.hash) && FileFolder(of: kept).contains(later.hash))
            // On another machine, where there is nothing but the backup.
            let other = folder + "/other/state"
            try FileManager.default.createDirectory(atPath: folder + "/other", withIntermediateDirectories: true)
            #expect(try StateFile.restoreNow(folder + "/backup", to: other, at: at(1)) == nil)
            #expect(FileFolder(of: other).contains(photo.hash))
            let restored = try StateFile.open(at: other)
            #expect(try await restored.read { try $0.attachments(of: .sample()).map(\.attachment.file) } == [photo])
            unlink(restored.files.path(of: photo.hash))
            #expect(
                try restored.backupNow(to: folder + "/poor")
                    == BackupReport(
                        bytes: try Files.size(folder + "/poor"),
                        files: 0,
                        missing: 1
                    )
            )
            try restored.close()
        }
    }
}

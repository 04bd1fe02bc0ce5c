//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel
@testable import GridStore

@Suite struct CheckpointerTests {
    @Test("A short log is let be, a longer one is copied beside the writer, once at a time")
    func beside() {
        #expect(Checkpointer.step(pages: 999, copied: 0, isCopying: false) == .nothing)
        #expect(Checkpointer.step(pages: 1_000, copied: 0, isCopying: false) == .copyAside)
        #expect(Checkpointer.step(pages: 1_000, copied: 0, isCopying: true) == .nothing)
        #expect(Checkpointer.step(pages: 1_999, copied: 1_000, isCopying: false) == .nothing)
        #expect(Checkpointer.step(pages: 2_000, copied: 1_000, isCopying: false) == .copyAside)
    }

    @Test("A commit copies only the last few pages of a long log, and all of one that would grow for ever")
    func now() {
        #expect(Checkpointer.step(pages: 4_000, copied: 3_749, isCopying: false) == .copyAside)
        #expect(Checkpointer.step(pages: 4_000, copied: 3_750, isCopying: false) == .copyNow)
        #expect(Checkpointer.step(pages: 4_000, copied: 4_000, isCopying: true) == .nothing)
        #expect(Checkpointer.step(pages: 7_999, copied: 0, isCopying: false) == .copyAside)
        #expect(Checkpointer.step(pages: 8_000, copied: 0, isCopying: false) == .copyNow)
        #expect(Checkpointer.step(pages: 8_000, copied: 0, isCopying: true) == .copyNow)
    }

    @Test("What commits have put into the log is copied into the file, though no commit did it")
    func copies() async throws {
        try await withStateFile { file in
            let before = try Files.size(file.path)
            // Five times 256 pages and some of its own.
            for number in 0..<5 { try await write(1 << 20, number, into: file) }
            // Told by the file: once all is copied, the log may have begun anew, of which nothing is copied yet.
            try await eventually("the log is copied") {
                try Files.size(file.path) >= before + Checkpointer.worthwhile * PageMemory.pageSize
            }
        }
    }

    @Test("The log stays short while commits follow one another without a pause, and all of them can be read")
    func bounded() async throws {
        try await withStateFile { file in
            for number in 0..<60 {
                try await write(1 << 20, number, into: file)
                // A transaction's own pages may come on top.
                let pages = try Files.size(file.path + "-wal") / PageMemory.pageSize
                #expect(pages < Checkpointer.most + 600)
            }
            #expect(try await file.read { try $0.connection.number("SELECT count(*) FROM outbox", []) } == 60)
            #expect(try await file.read { try $0.integrityFindings() } == [])
        }
    }

    @Test("A file that is closed while its log is copied leaves no log behind, and nothing is missing")
    func closing() async throws {
        try await withFolder { folder in
            let path = folder + "/state"
            let file = try StateFile.open(at: path)
            for number in 0..<5 { try await write(1 << 20, number, into: file) }
            try file.close()
            #expect(!Files.exists(path + "-wal"))
            let again = try StateFile.open(at: path)
            #expect(try await again.read { try $0.connection.number("SELECT count(*) FROM outbox", []) } == 5)
            try again.close()
        }
    }

    /// Writes one message with a body of `bytes`.
    private func write(_ bytes: Int, _ number: Int, into file: StateFile) async throws {
        let message = StoredMessage(
            exchange: "x",
            routingKey: "k",
            messageID: "m-\(number)",
            headers: [:],
            type: "t",
            correlationID: nil,
            body: [UInt8](repeating: 7, count: bytes)
        )
        _ = try await file.write { try $0.enqueue([message], lease: nil, at: at(1)) }
    }
}

//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel
@testable import GridStore

@Suite struct InboxTests {
    @Test("A message is admitted once, and its identifier counts together with its source")
    func admitsOnce() async throws {
        try await withStateFile { file async throws in
            let admitted = try await file.write { transaction throws in
                try [("m1", "a"), ("m1", "a"), ("m1", "b"), ("m2", "a")].map { id, source in
                    try transaction.admit(messageID(id), source: source, at: at(1))
                }
            }
            #expect(admitted == [true, false, true, true])
            #expect(try await file.write { try $0.admit(messageID("m2"), source: "a", at: at(2)) } == false)
        }
    }

    @Test("Old messages are forgotten piece by piece, and only old ones")
    func forgets() async throws {
        try await withStateFile { file async throws in
            try await file.write { transaction throws in
                for number in 1...10 {
                    _ = try transaction.admit(messageID("m\(number)"), source: "a", at: at(Int64(number)))
                }
                #expect(try transaction.forgetInbox(before: at(8), limit: 5) == 5)
                #expect(try transaction.forgetInbox(before: at(8), limit: 5) == 2)
                #expect(try transaction.forgetInbox(before: at(8), limit: 5) == 0)
                #expect(try transaction.admit(messageID("m7"), source: "a", at: at(20)))
                #expect(try !transaction.admit(messageID("m8"), source: "a", at: at(20)))
            }
        }
    }

    @Test("Asking whether a message is known does not make it known")
    func hasAdmitted() async throws {
        try await withStateFile { file async throws in
            try await file.write { transaction throws in
                #expect(try !transaction.hasAdmitted(messageID("m1"), source: "a"))
                #expect(try transaction.admit(messageID("m1"), source: "a", at: at(1)))
                #expect(try transaction.hasAdmitted(messageID("m1"), source: "a"))
                #expect(try !transaction.hasAdmitted(messageID("m1"), source: "b"))
            }
        }
    }

    @Test("A transaction that throws leaves nothing behind")
    func rollback() async throws {
        struct Bad: Error {}
        try await withStateFile { file async throws in
            await #expect(throws: Bad.self) {
                try await file.write { transaction throws in
                    _ = try transaction.admit(messageID("m1"), source: "a", at: at(1))
                    throw Bad()
                }
            }
            #expect(try await file.write { try $0.admit(messageID("m1"), source: "a", at: at(1)) })
        }
    }
}

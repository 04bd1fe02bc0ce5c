//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridStore

@Suite struct AttemptTests {
    @Test("Attempts are counted by process: one that begins again has not crashed")
    func counts() async throws {
        try await withStateFile { file async throws in
            for owner in ["a", "a", "b", "b", "a"] {
                try await file.write { try $0.beginAttempt("m", owner: owner, at: at(1)) }
            }
            #expect(try await file.write { try $0.attempts("m") } == Attempts(count: 3, owner: "a"))
            #expect(try await file.write { try $0.attempts("n") } == nil)
        }
    }

    @Test("Attempts are struck out with their message, and forgotten when it never comes again")
    func ends() async throws {
        try await withStateFile { file async throws in
            for (key, time) in [("handled", 1), ("old", 2), ("new", 3)] {
                try await file.write { try $0.beginAttempt(key, owner: "a", at: at(Int64(time))) }
            }
            try await file.write { try $0.endAttempts("handled") }
            try await file.write { try $0.forgetAttempts(before: at(3)) }
            let left = try await file.write { store in
                try ["handled", "old", "new"].filter { try store.attempts($0) != nil }
            }
            #expect(left == ["new"])
        }
    }
}

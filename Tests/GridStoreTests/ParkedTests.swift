//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel
@testable import GridStore

@Suite struct ParkedTests {
    @Test("Commands wait for their assignment and come out whole, in order, once")
    func takes() async throws {
        try await withStateFile { file async throws in
            try await file.write { transaction throws in
                for number in 1...3 {
                    try park(transaction, "m\(number)", for: .sample(1), until: 100)
                }
                try park(transaction, "m4", for: .sample(2), until: 100)
                #expect(try transaction.parkedCount() == 4)
                #expect(
                    try transaction.takeParked(for: .sample(1)) == [.sample("m1"), .sample("m2"), .sample("m3")]
                )
                #expect(try transaction.takeParked(for: .sample(1)) == [])
                #expect(try transaction.takeParked(for: .sample(2, 1)) == [])
                #expect(try transaction.parkedCount() == 1)
            }
        }
    }

    @Test("Commands that waited long enough come out, those that waited longest first")
    func expires() async throws {
        try await withStateFile { file async throws in
            try await file.write { transaction throws in
                for (number, until) in [300, 100, 200, 201].enumerated() {
                    try park(transaction, "m\(number)", for: .sample(number + 1), until: Int64(until))
                }
                #expect(try transaction.takeExpiredParked(now: at(200), limit: 1) == [.sample("m1")])
                #expect(try transaction.takeExpiredParked(now: at(200), limit: 9) == [.sample("m2")])
                #expect(try transaction.takeExpiredParked(now: at(200), limit: 9) == [])
                #expect(try transaction.parkedCount() == 2)
            }
        }
    }

    @Test("Commands that wait for longer than any should come out")
    func astray() async throws {
        try await withStateFile { file async throws in
            try await file.write { transaction throws in
                try park(transaction, "m1", for: .sample(1), until: 100)
                #expect(try !transaction.hasParked(beyond: at(100)))
                try park(transaction, "m2", for: .sample(2), until: 101)
                #expect(try transaction.hasParked(beyond: at(100)))
                #expect(try transaction.takeParked(beyond: at(100), limit: 9) == [.sample("m2")])
                #expect(try transaction.parkedCount() == 1)
            }
        }
    }

    @Test("The same command is kept once, the same identifier of another post is another command")
    func keptOnce() async throws {
        try await withStateFile { file async throws in
            try await file.write { transaction throws in
                try park(transaction, "m1", for: .sample(1), until: 100)
                try park(transaction, "m1", for: .sample(1), until: 200)
                #expect(try transaction.parkedCount() == 1)
                #expect(try transaction.nextWakeUp() == at(100))
                try transaction.park(
                    .sample("m1", routingKey: "elsewhere"),
                    id: messageID("m1"),
                    waitingFor: .sample(1),
                    until: at(100)
                )
                #expect(try transaction.takeParked(for: .sample(1)).map(\.messageID) == ["m1", "m1"])
            }
        }
    }

    private func park(
        _ transaction: StoreTransaction,
        _ id: String,
        for assignment: AssignmentID,
        until: Int64
    ) throws {
        try transaction.park(.sample(id), id: messageID(id), waitingFor: assignment, until: at(until))
    }
}

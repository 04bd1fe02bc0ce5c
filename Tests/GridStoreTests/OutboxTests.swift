//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel
@testable import GridStore

@Suite struct OutboxTests {
    @Test("A message comes out of the outbox byte for byte as it went in")
    func roundTrip() async throws {
        var message = StoredMessage.sample()
        message.body = (0...255).map { UInt8($0) }
        var bare = StoredMessage.sample("m2")
        bare.headers = [:]
        bare.correlationID = nil
        bare.body = []
        try await withStateFile { file async throws in
            let rows = try await file.write { [message, bare] transaction in
                let ids = try transaction.enqueue([message, bare], lease: nil, at: at(1))
                let rows = try transaction.claimOutbox(owner: "a", now: at(1), leaseMilliseconds: 10, limit: 10)
                #expect(rows.map(\.id) == ids)
                return rows
            }
            #expect(rows.map(\.message) == [message, bare])
        }
    }

    @Test("Rows enqueued under a lease stay with their owner until it ends")
    func enqueuedUnderLease() async throws {
        try await withStateFile { file async throws in
            try await file.write { transaction throws in
                let lease = OutboxLease(owner: "a", until: at(1_000))
                let ids = try transaction.enqueue([.sample("m1"), .sample("m2")], lease: lease, at: at(0))
                #expect(try claim(transaction, "b", now: 999) == [])
                #expect(try claim(transaction, "b", now: 1_000) == ids)
                #expect(try claim(transaction, "a", now: 1_000) == [])
            }
        }
    }

    @Test("A claim takes the oldest rows first, as many as asked, and each once")
    func claimsInOrder() async throws {
        try await withStateFile { file async throws in
            try await file.write { transaction throws in
                let ids = try transaction.enqueue((1...10).map { .sample("m\($0)") }, lease: nil, at: at(0))
                #expect(try claim(transaction, "a", now: 0, limit: 4) == Array(ids[0..<4]))
                #expect(try claim(transaction, "b", now: 0, limit: 4) == Array(ids[4..<8]))
                #expect(try claim(transaction, "a", now: 0, limit: 4) == Array(ids[8...]))
                #expect(try claim(transaction, "b", now: 0, limit: 4) == [])
                // Expired ones, in order with a new one behind them.
                let new = try transaction.enqueue([.sample("m11")], lease: nil, at: at(0))
                #expect(try claim(transaction, "c", now: 5_000, limit: 20) == ids + new)
            }
        }
    }

    @Test("A lease is renewed, given back, or ends by itself")
    func leases() async throws {
        try await withStateFile { file async throws in
            try await file.write { transaction throws in
                let ids = try transaction.enqueue([.sample("m1"), .sample("m2")], lease: nil, at: at(0))
                #expect(try claim(transaction, "a", now: 0, limit: 1) == [ids[0]])
                #expect(try claim(transaction, "b", now: 0, limit: 1) == [ids[1]])
                try transaction.extendLeases(owner: "a", until: at(1_800))
                #expect(try claim(transaction, "c", now: 1_700) == [ids[1]], "b did not renew its lease")
                try transaction.releaseLeases(owner: "a")
                #expect(try claim(transaction, "c", now: 1_700) == [ids[0]])
                // What was taken over is not renewed or given back by its former owner.
                try transaction.extendLeases(owner: "a", until: at(9_000))
                try transaction.releaseLeases(owner: "b")
                #expect(try claim(transaction, "d", now: 2_699) == [])
                #expect(try claim(transaction, "d", now: 2_700) == ids)
            }
        }
    }

    @Test("A lease given before the clock was put back does not last until the old time comes again")
    func clockJumpsBack() async throws {
        try await withStateFile { file async throws in
            try await file.write { transaction throws in
                let ids = try transaction.enqueue([.sample("m1")], lease: nil, at: at(0))
                #expect(try claim(transaction, "a", now: 3_600_000) == ids)
                #expect(try claim(transaction, "b", now: 10) == ids)
                // A lease that began a little later than `now` was read is none from before a jump.
                #expect(try claim(transaction, "c", now: 5) == [])
            }
        }
    }

    @Test("A number never comes back, so a late confirm deletes nobody else's row")
    func numbersAreNotReused() async throws {
        try await withStateFile { file async throws in
            let first = try await file.write { try $0.enqueue([.sample("m1")], lease: nil, at: at(0)) }
            try await file.write { try $0.deleteOutbox(first) }
            let second = try await file.write { try $0.enqueue([.sample("m2")], lease: nil, at: at(0)) }
            #expect(second != first)
            try await file.write { try $0.deleteOutbox(first) }
            #expect(try await file.read { try $0.outboxStatus().count } == 1)
        }
    }

    @Test("The status tells how many wait, how many are leased, and since when")
    func status() async throws {
        try await withStateFile { file async throws in
            #expect(
                try await file.read { try $0.outboxStatus() } == OutboxStatus(count: 0, leased: 0, oldest: nil)
            )
            try await file.write { transaction throws in
                _ = try transaction.enqueue([.sample("m1"), .sample("m2")], lease: nil, at: at(50))
                _ = try transaction.enqueue(
                    [.sample("m3")],
                    lease: OutboxLease(owner: "a", until: at(90)),
                    at: at(60)
                )
            }
            #expect(
                try await file.read { try $0.outboxStatus() } == OutboxStatus(count: 3, leased: 1, oldest: at(50))
            )
        }
    }

    @Test("Two owners that claim at the same time never get the same row")
    func concurrentClaims() async throws {
        try await withStateFile { first in
            let second = try StateFile.open(at: first.path)
            try await first.write { transaction throws in
                _ = try transaction.enqueue((1...2_000).map { .sample("m\($0)") }, lease: nil, at: at(0))
            }
            let claimed = try await withThrowingTaskGroup(of: [Int64].self) { group in
                for worker in 0..<8 {
                    let file = worker.isMultiple(of: 2) ? first : second
                    group.addTask {
                        var ids: [Int64] = []
                        while true {
                            let more = try await file.write { try claim($0, "w\(worker)", now: 0, limit: 17) }
                            if more.isEmpty { return ids }
                            ids += more
                        }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(claimed.count == 2_000)
            #expect(Set(claimed).count == 2_000)
            try second.close()
        }
    }

    @Test("Headers survive whatever they hold", arguments: 0..<50 as Range<UInt64>)
    func headers(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        func text() -> String {
            let scalars = (0..<random.element([0, 1, 5, 40])).map { _ in
                random.element([
                    Unicode.Scalar(UInt8.random(in: 0...127, using: &random)), "\"", "\\", "/", "é", "网", "🚒",
                    "\u{2028}",
                ])
            }
            var text = String.UnicodeScalarView()
            text.append(contentsOf: scalars)
            return String(text)
        }
        var message = StoredMessage.sample()
        message.headers = Dictionary(
            (0..<random.element([0, 1, 9])).map { _ in (text(), text()) },
            uniquingKeysWith: { $1 }
        )
        try await withStateFile { file async throws in
            let back = try await file.write { [message] transaction in
                _ = try transaction.enqueue([message], lease: nil, at: at(0))
                return try transaction.claimOutbox(owner: "a", now: at(0), leaseMilliseconds: 1, limit: 1)
            }
            #expect(back.map(\.message) == [message])
        }
    }

    private func claim(
        _ transaction: StoreTransaction,
        _ owner: String,
        now: Int64,
        limit: Int = 100
    ) throws -> [Int64] {
        try transaction.claimOutbox(owner: owner, now: at(now), leaseMilliseconds: 1_000, limit: limit).map(\.id)
    }
}

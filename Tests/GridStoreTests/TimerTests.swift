//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel
@testable import GridStore

@Suite struct TimerTests {
    @Test("Timers are set, moved and cancelled, one of each kind for an assignment")
    func changes() async throws {
        try await withStateFile { file async throws in
            try await file.write { transaction throws in
                let (one, two) = (AssignmentID.sample(1), AssignmentID.sample(2))
                func apply(_ changes: Decision.TimerChange...) throws -> [TimerFiring] {
                    try transaction.apply(Decision { $0.timers = changes })
                    return try transaction.dueTimers(now: at(1_000), limit: 10)
                }
                #expect(
                    try apply(
                        .set(one, .dueUrge, at(800)),
                        .set(one, .dueExpired, at(1_000)),
                        .set(two, .dueUrge, at(700)),
                        .set(two, .acceptUrge, at(1_001))
                    ) == [firing(two, .dueUrge, 700), firing(one, .dueUrge, 800), firing(one, .dueExpired, 1_000)]
                )
                #expect(
                    try apply(.set(two, .dueUrge, at(900)), .cancel(one, .dueExpired))
                        == [firing(one, .dueUrge, 800), firing(two, .dueUrge, 900)]
                )
                #expect(try apply(.cancelAll(two), .cancel(two, .acceptExpired)) == [firing(one, .dueUrge, 800)])
                #expect(try apply(.cancelAll(one), .set(one, .acceptUrge, at(5))) == [firing(one, .acceptUrge, 5)])
                #expect(try transaction.timersPending() == 1)
            }
        }
    }

    @Test("No more timers come out than asked for, the earliest first")
    func limit() async throws {
        try await withStateFile { file async throws in
            let due = try await file.write { transaction throws in
                try transaction.apply(
                    Decision {
                        $0.timers = (1...20).map { .set(.sample($0), .dueUrge, at(Int64(100 - $0))) }
                    }
                )
                return try transaction.dueTimers(now: at(1_000), limit: 3)
            }
            #expect(due.map(\.at) == [at(80), at(81), at(82)])
        }
    }

    @Test("A timer fires once, and not when it was moved or cancelled meanwhile")
    func once() async throws {
        try await withStateFile { file async throws in
            try await file.write { transaction throws in
                let id = AssignmentID.sample()
                try transaction.apply(
                    Decision { $0.timers = [.set(id, .dueUrge, at(10)), .set(id, .dueExpired, at(10))] }
                )
                #expect(try transaction.removeTimer(firing(id, .dueUrge, 10)))
                #expect(try !transaction.removeTimer(firing(id, .dueUrge, 10)))
                try transaction.apply(Decision { $0.timers = [.set(id, .dueExpired, at(20))] })
                #expect(try !transaction.removeTimer(firing(id, .dueExpired, 10)))
                #expect(try transaction.removeTimer(firing(id, .dueExpired, 20)))
            }
        }
    }

    @Test("Of several processes that see the same timers, each timer is taken by one")
    func concurrentFiring() async throws {
        try await withStateFile { first in
            let second = try StateFile.open(at: first.path)
            try await first.write { transaction throws in
                try transaction.apply(
                    Decision { $0.timers = (1...300).map { .set(.sample($0), .dueUrge, at(Int64($0))) } }
                )
            }
            let taken = try await withThrowingTaskGroup(of: [TimerFiring].self) { group in
                for file in [first, second, first, second] {
                    group.addTask {
                        var taken: [TimerFiring] = []
                        while true {
                            let due = try await file.read { try $0.dueTimers(now: at(1_000), limit: 10) }
                            if due.isEmpty { return taken }
                            taken += try await file.write { transaction throws in
                                try due.filter { try transaction.removeTimer($0) }
                            }
                        }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(taken.count == 300)
            #expect(Set(taken).count == 300)
            try second.close()
        }
    }

    @Test("The next wake-up is the earliest timer or the end of a parked message's wait")
    func nextWakeUp() async throws {
        try await withStateFile { file async throws in
            try await file.write { transaction throws in
                #expect(try transaction.nextWakeUp() == nil)
                try transaction.apply(Decision { $0.timers = [.set(.sample(), .dueUrge, at(500))] })
                #expect(try transaction.nextWakeUp() == at(500))
                try transaction.park(.sample(), id: messageID("m1"), waitingFor: .sample(9), until: at(400))
                #expect(try transaction.nextWakeUp() == at(400))
                try transaction.apply(Decision { $0.timers = [.set(.sample(), .dueUrge, at(-3))] })
                #expect(try transaction.nextWakeUp() == at(-3))
            }
        }
    }

    private func firing(_ id: AssignmentID, _ kind: TimerKind, _ milliseconds: Int64) -> TimerFiring {
        TimerFiring(assignment: id, kind: kind, at: at(milliseconds))
    }
}

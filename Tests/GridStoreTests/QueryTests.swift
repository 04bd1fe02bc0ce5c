//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel
@testable import GridStore

@Suite struct QueryTests {
    @Test("What lies under an assignment is itself and all below it, and nothing beside it")
    func under() async throws {
        try await withStateFile { file async throws in
            let all: [AssignmentID] = [
                .sample(7), .sample(7, 1), .sample(7, 1, 1), .sample(7, 1, 12), .sample(7, 12), .sample(7, 12, 1),
                .sample(7, 2), .sample(71), .sample(70_001),
            ]
            try await file.write { transaction throws in
                for id in all.reversed() { try transaction.apply(Decision { $0.assignment = .sample(id) }) }
            }
            try await file.read { reader throws in
                #expect(try reader.assignments(under: .sample(7)).map(\.id) == Array(all[0..<7]))
                #expect(try reader.assignments(under: .sample(7, 1)).map(\.id) == Array(all[1..<4]))
                #expect(try reader.assignments(under: .sample(7, 12, 1)).map(\.id) == [all[5]])
                #expect(try reader.assignments(under: .sample(8)) == [])
            }
        }
    }

    @Test("Counts and who holds things up agree with the assignments themselves", arguments: 0..<10 as Range<UInt64>)
    func aggregates(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let now = at(5_000)
        let assignments = (1...80).map { number in
            var value = Assignment.sample(
                .sample(random.element([7, 8]), random.element([1, 2, 12]), number),
                post: random.post(),
                state: random.element(AssignmentState.allCases),
                dueAt: random.maybe { at(Int64.random(in: 4_990...5_010, using: &$0)) },
                updatedAt: at(Int64(random.int()))
            )
            value.acceptBy = random.maybe { at(Int64.random(in: 4_990...5_010, using: &$0)) }
            value.acceptedAt = random.maybe { at(Int64.random(in: 4_900...4_990, using: &$0)) }
            value.waitingOn = random.maybe { $0.post() }
            return value
        }
        try await withStateFile { file async throws in
            try await file.write { transaction throws in
                for value in assignments { try transaction.apply(Decision { $0.assignment = value }) }
            }
            let red = try await file.read { try $0.lights(at: now) }.reduce(0) { $0 + $1.red }
            #expect(red == assignments.count { $0.isOverdue(at: now) })
            for top in [AssignmentID.sample(7), .sample(8), .sample(7, 1), .sample(9)] {
                let below = assignments.filter { $0.id.text.hasPrefix(top.text + ".") }
                let (counts, loads) = try await file.read {
                    (try $0.counts(under: top, now: now), try $0.holdingUp(under: top, limit: 10))
                }
                #expect(counts.total == below.count)
                #expect(counts.overdue == below.count { $0.isOverdue(at: now) })
                for state in AssignmentState.allCases {
                    #expect(counts.states[state] == below.count { $0.state == state })
                }
                let waiting = Dictionary(grouping: below.filter { $0.waitingOn != nil }, by: \.waitingOn)
                #expect(loads.count == waiting.count)
                for load in loads {
                    let held = waiting[load.post] ?? []
                    #expect(load.count == held.count)
                    #expect(load.since == held.map(\.updatedAt).min())
                    #expect(held.contains { $0.id == load.oldest && $0.updatedAt == load.since })
                }
                #expect(loads.map(\.count) == loads.map(\.count).sorted(by: >))
                #expect(try await file.read { try $0.holdingUp(under: top, limit: 1) } == Array(loads.prefix(1)))
            }
        }
    }

    @Test("An inbox shows the most pressing first, what is over behind it, and no tombstones")
    func inbox() async throws {
        try await withStateFile { file async throws in
            var tombstone = Assignment.sample(.sample(6), state: .recalled)
            tombstone.isTombstone = true
            let assignments: [Assignment] = [
                .sample(.sample(1), dueAt: nil),
                .sample(.sample(2), state: .escalated, dueAt: at(30)),
                .sample(.sample(3), state: .submitted, dueAt: at(20)),
                .sample(.sample(4), state: .completed, updatedAt: at(100)),
                .sample(.sample(5), state: .returned, updatedAt: at(200)),
                tombstone,
                .sample(.sample(7, 1), post: liaison),
            ]
            try await file.write { transaction throws in
                try transaction.apply(Decision { $0.order = .sample(3, title: "Three") })
                try transaction.apply(Decision { $0.order = .sample(7, title: "Seven") })
                for value in assignments { try transaction.apply(Decision { $0.assignment = value }) }
            }
            try await file.read { reader throws in
                func ids(_ includeFinal: Bool, _ limit: Int) throws -> [AssignmentID] {
                    try reader.inbox(of: leader, includeFinal: includeFinal, limit: limit).map(\.assignment.id)
                }
                let open: [AssignmentID] = [.sample(3), .sample(2), .sample(1)]
                #expect(try ids(false, 10) == open)
                #expect(try ids(true, 10) == open + [.sample(5), .sample(4)])
                #expect(try ids(true, 4) == open + [.sample(5)])
                #expect(try ids(true, 2) == Array(open[..<2]))
                let titles = try reader.inbox(of: leader, includeFinal: false, limit: 10).map(\.title)
                #expect(titles == ["Three", nil, nil])
                #expect(try reader.inbox(of: liaison, includeFinal: false, limit: 10).map(\.title) == ["Seven"])
                #expect(try reader.inbox(of: street, includeFinal: true, limit: 10) == [])
            }
        }
    }

    @Test("The lights of a role's open work: green to 80 % of the time, yellow to its end, red when it is late")
    func lights() async throws {
        try await withStateFile { file async throws in
            // Issued at 0, due at 1000: half of the time, all but a fifth, a little more, and over.
            let lines: [(AssignmentState, PostAddress, Int64?)] = [
                (.issued, liaison, 1_800), (.accepted, liaison, 1_125), (.escalated, liaison, 1_100),
                (.issued, liaison, 899), (.submitted, liaison, 899), (.issued, liaison, nil), (.completed, liaison, 1),
                (.accepted, leader, 901),
            ]
            try await file.write { store in
                for (number, line) in lines.enumerated() {
                    var assignment = Assignment.sample(.sample(7, number + 1))
                    (assignment.state, assignment.post, assignment.dueAt) = (line.0, line.1, line.2.map(at))
                    assignment.issuedAt = at(0)
                    try store.apply(Decision { $0.assignment = assignment })
                }
            }
            let lights = try await file.read { try $0.lights(at: at(900)) }
            var (leaders, liaisons) = (LightCounts(role: "cell-leader"), LightCounts(role: "liaison"))
            leaders.yellow = 1
            (liaisons.green, liaisons.yellow, liaisons.red, liaisons.none) = (2, 2, 1, 1)
            liaisons.escalated = 1
            #expect(lights == [leaders, liaisons])
            #expect(try await file.read { try $0.lights(at: at(900), limit: 3) }.reduce(0) { $0 + $1.green } <= 3)
        }
    }

    @Test("Posts that hold open work are named with what they hold, the others are not")
    func openAssignments() async throws {
        try await withStateFile { file async throws in
            try await file.write { transaction throws in
                for value: Assignment in [
                    .sample(.sample(1), post: leader, state: .accepted, updatedAt: at(9)),
                    .sample(.sample(2), post: leader, state: .submitted, updatedAt: at(5)),
                    .sample(.sample(3), post: leader, state: .completed, updatedAt: at(1)),
                    .sample(.sample(4), post: liaison, state: .recalled),
                ] {
                    try transaction.apply(Decision { $0.assignment = value })
                }
            }
            let held = try await file.read { try $0.openAssignments(heldBy: [street, liaison, leader]) }
            #expect(held == [PostLoad(post: leader, count: 2, oldest: .sample(2), since: at(5))])
        }
    }

    @Test("Orders come newest first with their state and counts, all or those in one state")
    func orders() async throws {
        try await withStateFile { file async throws in
            try await file.write { transaction throws in
                for number in 1...4 {
                    try transaction.apply(
                        Decision {
                            $0.order = .sample(number, issuedAt: at(Int64(number * 10)))
                            // Of the fourth, only a leg is in this file.
                            let id: AssignmentID = number == 4 ? .sample(4, 1) : .sample(number)
                            $0.assignment = .sample(id, state: number == 2 ? .completed : .accepted, dueAt: at(5))
                        }
                    )
                }
                try transaction.apply(Decision { $0.assignment = .sample(.sample(1, 1), state: .submitted) })
            }
            try await file.read { reader throws in
                let all = try reader.orders(limit: 10, now: at(6))
                #expect(all.map(\.order.id) == [4, 3, 2, 1].map { AssignmentID.sample($0).order })
                #expect(all.map(\.state) == [nil, .accepted, .completed, .accepted])
                #expect(all.map(\.counts.total) == [1, 1, 1, 2])
                #expect(all.map(\.counts.overdue) == [1, 1, 0, 1])
                #expect(try reader.orders(limit: 2, now: at(6)) == Array(all[..<2]))
                #expect(try reader.orders(limit: 9, OrderFilter(state: .accepted), now: at(6)) == [all[1], all[3]])
                #expect(try reader.orders(limit: 1, OrderFilter(state: .accepted), now: at(6)) == [all[1]])
                #expect(try reader.orders(limit: 9, OrderFilter(state: .recalled), now: at(6)) == [])
                func numbers(_ filter: OrderFilter) throws -> [Int] {
                    try reader.orders(limit: 9, filter, now: at(6)).compactMap { all.firstIndex(of: $0) }
                }
                #expect(try numbers(OrderFilter(isLate: true)) == [0, 1, 3])
                #expect(try reader.orders(limit: 9, OrderFilter(isLate: true), now: at(5)) == [])
                #expect(try reader.orders(limit: 9, OrderFilter(isLate: true, posts: [street]), now: at(6)) == [])
                #expect(try numbers(OrderFilter(text: all[2].order.id.text)) == [2])
                #expect(try numbers(OrderFilter(text: all[0].order.title.uppercased())) == [0, 1, 2, 3])
                #expect(try numbers(OrderFilter(text: "%")) == [])
            }
        }
    }

    @Test("What was issued and completed is counted by the days of the office's clock")
    func dailyCounts() async throws {
        try await withStateFile { file async throws in
            let day: Int64 = 20_000
            let midnight = day * 86_400_000 - 480 * 60_000
            try await file.write { transaction throws in
                for (number, issued, completed) in [(1, -1, 0), (2, 0, 5), (3, 86_399_999, 86_400_000)] {
                    var value = Assignment.sample(.sample(number), post: leader, state: .completed)
                    value.issuedAt = at(midnight + Int64(issued))
                    value.completedAt = at(midnight + Int64(completed))
                    try transaction.apply(Decision { $0.assignment = value })
                }
            }
            try await file.read { reader throws in
                func counts(_ posts: [PostAddress]?) throws -> [[Int]] {
                    try reader.dailyCounts(of: posts, days: day - 1..<day + 1, offsetMinutes: 480)
                        .map { [Int($0.day - day), $0.issued, $0.completed] }
                }
                #expect(try counts(nil) == [[-1, 1, 0], [0, 2, 2]])
                #expect(try counts([leader]) == [[-1, 1, 0], [0, 2, 2]])
                #expect(try counts([street]) == [[-1, 0, 0], [0, 0, 0]])
            }
        }
    }

    @Test("Escalations come newest first, of one superior or all, open or all")
    func escalations() async throws {
        try await withStateFile { file async throws in
            let escalations = (1...6).map { number in
                var value = Escalation(
                    assignment: .sample(number),
                    holder: liaison,
                    superior: number.isMultiple(of: 2) ? street : leader,
                    rung: 1,
                    revision: 1,
                    title: "t",
                    reason: "r",
                    byClock: false,
                    dueAt: nil,
                    openedAt: at(Int64(number))
                )
                value.state = number < 4 ? .open : .answered
                return value
            }
            try await file.write { transaction throws in
                for value in escalations { try transaction.apply(Decision { $0.escalation = value }) }
                // Settling one does not make it newer.
                try transaction.apply(Decision { $0.escalation = escalations[0] })
            }
            try await file.read { reader throws in
                #expect(try reader.escalations(of: nil, openOnly: false) == escalations.reversed())
                #expect(
                    try reader.escalations(of: street, openOnly: false).map(\.openedAt) == [at(6), at(4), at(2)]
                )
                #expect(try reader.escalations(of: leader, openOnly: true).map(\.openedAt) == [at(3), at(1)])
                #expect(try reader.escalations(of: nil, openOnly: true, limit: 2).map(\.openedAt) == [at(3), at(2)])
            }
        }
    }

    @Test("A cache of orders keeps no more than it may, and what is asked for stays")
    func boundedCache() async throws {
        try await withStateFile { file async throws in
            try await file.write { transaction throws in
                let cache = OrderCache(capacity: 8)
                for number in 1...100 {
                    // A transaction asks the cache for an order once, so each of these stands for one.
                    let connection = StoreConnection(
                        db: transaction.connection.db,
                        orders: cache,
                        archive: transaction.connection.archive
                    )
                    let small = StoreTransaction(connection: connection)
                    try small.apply(Decision { $0.order = .sample(number) })
                    #expect(try small.order(AssignmentID.sample(number).order) == .sample(number))
                    #expect(try small.order(AssignmentID.sample(1).order) == .sample(1))
                    #expect(cache.count <= 8)
                    #expect(cache.holds(AssignmentID.sample(1).order.text))
                }
            }
        }
    }
}

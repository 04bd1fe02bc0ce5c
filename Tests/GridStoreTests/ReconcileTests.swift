//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel
@testable import GridStore

@Suite struct ReconcileTests {
    /// Everything, whatever its age.
    private static let everything = ReconcileScope(unchangedSince: at(10_000), remoteSince: at(0))

    @Test("A walk through all pages finds exactly the legs that the model says are missing something")
    func legs() async throws {
        try await withStateFile { file async throws in
            let expected = try await file.write { transaction throws in
                var parent = Assignment.sample(.sample(), post: street, state: .accepted)
                parent.issuer = nil
                try transaction.apply(
                    Decision {
                        $0.order = .sample()
                        $0.assignment = parent
                    }
                )
                var expected: Set<AssignmentID> = []
                for pair in Self.pairs() {
                    try transaction.apply(Decision { $0.legs = [pair.leg] })
                    if let holder = pair.holder { try transaction.apply(Decision { $0.assignment = holder }) }
                    if pair.missing(at: at(9)) != nil { expected.insert(pair.leg.id) }
                }
                return expected
            }
            let found = try await file.read { reader in
                try Self.walk { try reader.unsettledLegs(in: Self.everything, after: $0, limit: 7) }
                    + Self.walk { try reader.settledLegs(in: Self.everything, after: $0, limit: 7) }
            }
            #expect(found.count == Set(found.map(\.leg.id)).count)
            #expect(Set(found.map(\.leg.id)) == expected)
            #expect(found.allSatisfy { $0.issuer == street && $0.order.id == AssignmentID.sample().order })
            // The holder comes as it is.
            for pair in found {
                let stored = try await file.read { try $0.assignment(pair.leg.id) }
                #expect(pair.holder == stored)
            }
        }
    }

    @Test("What has just changed is left alone, on either page")
    func rested() async throws {
        try await withStateFile { file async throws in
            try await file.write { transaction throws in
                for (number, (above, below)) in [(1, 1), (1, 9), (9, 1)].enumerated() {
                    var parent = Assignment.sample(
                        .sample(number),
                        post: street,
                        state: .accepted,
                        updatedAt: at(Int64(above))
                    )
                    parent.issuer = nil
                    let leg = Leg(id: .sample(number, 1), post: leader, area: leader.code)
                    let holder = Assignment.sample(leg.id, state: .submitted, updatedAt: at(Int64(below)))
                    try transaction.apply(
                        Decision {
                            $0.order = .sample(number)
                            $0.assignment = parent
                            $0.legs = [leg]
                        }
                    )
                    try transaction.apply(Decision { $0.assignment = holder })
                }
            }
            let found = try await file.read { reader in
                try reader.unsettledLegs(in: ReconcileScope(unchangedSince: at(5)), after: nil, limit: 9).items
            }
            #expect(found.map(\.leg.id) == [.sample(0, 1)])
        }
    }

    @Test("Settled legs of other nodes are told again for as long as they are fresh")
    func elsewhere() async throws {
        try await withStateFile { file async throws in
            try await file.write { transaction throws in
                for (number, changedAt) in [(1, Int64(100)), (2, 900)] {
                    var parent = Assignment.sample(
                        .sample(number),
                        post: street,
                        state: .accepted,
                        updatedAt: at(changedAt)
                    )
                    parent.issuer = nil
                    var completed = Leg(id: .sample(number, 1), post: leader, area: leader.code)
                    completed.state = .completed
                    var recalled = Leg(id: .sample(number, 2), post: leader, area: leader.code)
                    recalled.state = .recalled
                    try transaction.apply(
                        Decision {
                            $0.order = .sample(number)
                            $0.assignment = parent
                            $0.legs = [completed, recalled]
                        }
                    )
                }
            }
            let (signedOff, recalled, none) = try await file.read { reader in
                let scope = ReconcileScope(unchangedSince: at(1_000), remoteSince: at(500))
                return (
                    try reader.signedOffElsewhere(in: scope, after: nil, limit: 9).items,
                    try reader.unsettledLegs(in: scope, after: nil, limit: 9).items,
                    try reader.signedOffElsewhere(in: ReconcileScope(unchangedSince: at(1_000)), after: nil, limit: 9)
                        .items
                )
            }
            #expect(signedOff.map(\.leg.id) == [.sample(2, 1)])
            #expect(recalled.map(\.leg.id) == [.sample(2, 2)])
            #expect(none.isEmpty)
        }
    }

    @Test("Escalations are found that were not asked, not answered, or not taken back, and no others")
    func escalations() async throws {
        try await withStateFile { file async throws in
            let cases: [(state: AssignmentState, revision: Int, escalation: Escalation.State?, at: Int)] = [
                (.escalated, 3, nil, 0), (.escalated, 3, .answered, 2), (.escalated, 3, .answered, 3),
                (.escalated, 3, .passedUp, 3), (.escalated, 3, .open, 3), (.accepted, 4, .open, 3),
                (.recalled, 4, .withdrawn, 3), (.accepted, 4, .answered, 3),
            ]
            try await file.write { transaction throws in
                try transaction.apply(Decision { $0.order = .sample() })
                for (number, entry) in cases.enumerated() {
                    var holder = Assignment.sample(.sample(7, number + 1), state: entry.state)
                    holder.revision = entry.revision
                    if entry.state == .escalated { (holder.escalatedTo, holder.rung) = (street, 1) }
                    var escalation = Escalation.sample(holder.id, revision: entry.at)
                    escalation.state = entry.escalation ?? .open
                    escalation.answer = AnsweredBody(answer: .carryOn, rung: 1, revision: entry.at)
                    try transaction.apply(
                        Decision {
                            $0.assignment = holder
                            $0.escalation = entry.escalation == nil ? nil : escalation
                            $0.history = ["first", "second"].map { note in
                                HistoryEntry(
                                    assignment: holder.id,
                                    event: .escalated,
                                    at: at(1),
                                    actor: leader,
                                    note: note,
                                    cause: messageID("m")
                                )
                            }
                        }
                    )
                }
            }
            let (asked, overtaken) = try await file.read { reader in
                (
                    try Self.walk { try reader.escalatedPairs(in: Self.everything, after: $0, limit: 2) },
                    try Self.walk { try reader.overtakenEscalations(in: Self.everything, after: $0, limit: 1) }
                )
            }
            #expect(asked.map(\.holder.id) == [.sample(7, 1), .sample(7, 2), .sample(7, 3), .sample(7, 4)])
            #expect(asked.allSatisfy { $0.reason == "second" && !$0.byClock && $0.title == WorkOrder.sample().title })
            #expect(
                asked.map { $0.missing?.body.event } == [
                    .escalated, .escalated, .escalationAnswered, .escalationAnswered,
                ]
            )
            #expect(overtaken.map(\.holder.id) == [.sample(7, 6)])
            #expect(overtaken.first?.escalation.assignment == .sample(7, 6))
        }
    }

    @Test("A file has a name of its own, which it keeps, and remembers that a broker was given it")
    func nodeID() async throws {
        try await withFolder { folder in
            var names: [String] = []
            for path in ["/a.sqlite", "/a.sqlite", "/b.sqlite"] {
                let file = try StateFile.open(at: folder + path)
                names.append(try await file.read { try $0.nodeID() })
                #expect(try await file.read { try $0.nodeIsMarked() } == (names.count == 2))
                try await file.write { try $0.markNode(at: at(1)) }
                try file.close()
            }
            #expect(names[0] == names[1] && names[0] != names[2] && names[0].count == 32)
        }
    }

    @Test("A loss is pending until the pages were compared since, and one noted meanwhile stays")
    func losses() async throws {
        try await withFolder { folder in
            var file = try StateFile.open(at: folder + "/a.sqlite")
            #expect(try await file.read { try $0.pendingLoss() } == nil)
            for _ in 1...2 { try await file.write { try $0.noteLoss() } }
            try file.close()
            file = try StateFile.open(at: folder + "/a.sqlite")
            for (madeGood, pending) in [(1, 2), (2, nil), (1, nil)] as [(Int64, Int64?)] {
                try await file.write { try $0.markMadeGood(upTo: madeGood) }
                #expect(try await file.read { try $0.pendingLoss() } == pending)
            }
            try file.close()
        }
    }

    /// A leg and a holder in every combination of states, revisions and presence.
    private static func pairs() -> [LegPair] {
        var pairs: [LegPair] = []
        for state in AssignmentState.allCases {
            for holderState in AssignmentState.allCases.map(Optional.some) + [nil] {
                for revision in 2...4 {
                    var leg = Leg(id: .sample(7, pairs.count + 1), post: leader, area: leader.code)
                    (leg.state, leg.revision) = (state, 3)
                    let holder = holderState.map { state in
                        var holder = Assignment.sample(leg.id, state: state)
                        holder.revision = revision
                        return holder
                    }
                    pairs.append(LegPair(leg: leg, issuer: street, order: .sample(), holder: holder))
                }
            }
        }
        return pairs
    }

    /// All pages of a walk.
    private static func walk<Item, Key>(_ page: (Key?) throws -> ReconcilePage<Item, Key>) throws -> [Item] {
        var items: [Item] = []
        var key: Key?
        repeat {
            let found = try page(key)
            items += found.items
            key = found.next
        } while key != nil
        return items
    }
}

extension Escalation {
    fileprivate static func sample(_ id: AssignmentID, revision: Int) -> Escalation {
        Escalation(
            assignment: id,
            holder: leader,
            superior: street,
            rung: 1,
            revision: revision,
            title: "t",
            reason: "r",
            byClock: false,
            dueAt: nil,
            openedAt: at(1)
        )
    }
}

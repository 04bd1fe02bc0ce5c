//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel
@testable import GridStore

@Suite struct PageTests {
    @Test("Every field of an assignment comes back as it was written", arguments: 0..<20 as Range<UInt64>)
    func assignmentRoundTrip(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let assignments = (0..<10).map { _ in
            var value = Assignment.sample(.sample(1, 1 + random.int()), post: random.post())
            value.issuer = random.maybe { $0.post() }
            value.area = random.post().code
            value.state = random.element(AssignmentState.allCases)
            value.revision = random.int()
            value.rework = random.int()
            for state in AssignmentState.allCases {
                value.legs[state] = random.int()
            }
            value.escalatedTo = random.maybe { $0.post() }
            value.rung = random.int()
            value.waitingOn = random.maybe { $0.post() }
            value.acceptBy = random.maybe { $0.instant() }
            value.dueAt = random.maybe { $0.instant() }
            value.issuedAt = random.instant()
            value.acceptedAt = random.maybe { $0.instant() }
            value.completedAt = random.maybe { $0.instant() }
            value.updatedAt = random.instant()
            value.isTombstone = Bool.random(using: &random)
            return value
        }
        try await withStateFile { file async throws in
            for var value in assignments {
                try await file.write { [value] in try $0.apply(Decision { $0.assignment = value }) }
                let read = try await file.read { [value] in try $0.assignment(value.id) }
                #expect(read == value)
                // And once more over the same row.
                value.revision += 1
                value.dueAt = random.maybe { $0.instant() }
                value.waitingOn = random.maybe { $0.post() }
                let loaded = try await file.write { [value] in
                    try $0.apply(Decision { $0.assignment = value })
                    var query = PageQuery()
                    query.assignment = value.id
                    return try $0.page(for: query).assignment
                }
                #expect(loaded == value)
            }
        }
    }

    @Test("Every field of an escalation comes back as it was written", arguments: 0..<20 as Range<UInt64>)
    func escalationRoundTrip(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        try await withStateFile { file async throws in
            for _ in 0..<10 {
                var value = Escalation(
                    assignment: .sample(1, 1 + random.int()),
                    holder: random.post(),
                    superior: random.post(),
                    rung: random.int(),
                    revision: random.int(),
                    title: random.text(),
                    reason: random.text(),
                    byClock: Bool.random(using: &random),
                    dueAt: random.maybe { $0.instant() },
                    openedAt: random.instant()
                )
                for _ in 0..<2 {
                    value.state = random.element(Escalation.State.allCases)
                    value.settledAt = random.maybe { $0.instant() }
                    value.answer = random.maybe { random in
                        AnsweredBody(
                            answer: random.element(AnswerKind.allCases),
                            rung: value.rung,
                            revision: value.revision,
                            dueAt: random.maybe { $0.instant() },
                            superior: random.maybe { $0.post() },
                            note: random.maybe { $0.text() }
                        )
                    }
                    let loaded = try await file.write { [value] in
                        try $0.apply(Decision { $0.escalation = value })
                        var query = PageQuery()
                        query.escalation = .init(assignment: value.assignment, superior: value.superior)
                        return try $0.page(for: query).escalation
                    }
                    #expect(loaded == value)
                }
            }
        }
    }

    @Test("A page holds the newest of an assignment's escalations at a superior")
    func newestEscalation() async throws {
        try await withStateFile { file async throws in
            let revisions = try await file.write { transaction throws in
                for revision in [1, 12, 3] {
                    let escalation = Escalation(
                        assignment: .sample(),
                        holder: leader,
                        superior: street,
                        rung: 1,
                        revision: revision,
                        title: "t",
                        reason: "r",
                        byClock: false,
                        dueAt: nil,
                        openedAt: at(0)
                    )
                    try transaction.apply(Decision { $0.escalation = escalation })
                }
                var query = PageQuery()
                query.escalation = .init(assignment: .sample(), superior: street)
                let found = try transaction.page(for: query).escalation?.revision
                query.escalation = .init(assignment: .sample(), superior: leader)
                return (found, try transaction.page(for: query).escalation?.revision)
            }
            #expect(revisions == (12, nil))
        }
    }

    @Test(
        "A page holds the legs asked for: none, those that are still to be settled, or one with its issuer's assignment"
    )
    func legs() async throws {
        let legs = (1...12).map { ordinal in
            var leg = Leg(id: .sample(7, ordinal), post: liaison, area: leader.code)
            leg.state = AssignmentState.allCases[ordinal % AssignmentState.allCases.count]
            leg.revision = ordinal * 3
            return leg
        }
        var parent = Assignment.sample()
        for leg in legs { parent.legs[leg.state] += 1 }
        try await withStateFile { [parent] file async throws in
            try await file.write { transaction throws in
                try transaction.apply(
                    Decision {
                        $0.assignment = parent
                        $0.legs = legs.reversed()
                    }
                )
            }
            try await file.write { transaction throws in
                var held = PageQuery()
                held.assignment = .sample()
                #expect(try transaction.page(for: held).openLegs == [])
                held.openLegs = true
                let open = legs.filter { !$0.state.isFinal || $0.state == .returned }
                #expect(try transaction.page(for: held).openLegs == open)
                var issued = PageQuery()
                issued.leg = .sample(7, 10)
                let page = try transaction.page(for: issued)
                #expect(page.leg == legs[9])
                #expect(page.parent?.id == .sample())
                issued.leg = .sample(7, 99)
                #expect(try transaction.page(for: issued).leg == nil)
                #expect(try transaction.legs(of: .sample()) == legs)
            }
        }
    }

    @Test("A leg without its issuer's assignment is refused by the file")
    func orphanLeg() async throws {
        try await withStateFile { file async throws in
            let leg = Leg(id: .sample(7, 1), post: liaison, area: leader.code)
            await expectStoreError(.unexpected) {
                try await file.write { try $0.apply(Decision { $0.legs = [leg] }) }
            }
        }
    }

    @Test("An order is stored once and read back whole, from the cache or not")
    func orders() async throws {
        try await withStateFile { file async throws in
            try await file.write { transaction throws in
                try transaction.apply(Decision { $0.order = .sample() })
                // The same order arrives with the leg of another cell.
                try transaction.apply(Decision { $0.order = .sample(title: "never looked at") })
                var query = PageQuery()
                query.assignment = .sample(7, 3, 4)
                #expect(try transaction.page(for: query).order == .sample())
                #expect(try transaction.page(for: query).order == .sample())
                query.assignment = .sample(8)
                #expect(try transaction.page(for: query).order == nil)
            }
            #expect(try await file.read { try $0.order(AssignmentID.sample().order) } == .sample())
        }
    }

    @Test("An order that was rolled back is not remembered when its number is used again")
    func rolledBackOrder() async throws {
        struct Abort: Error {}
        try await withStateFile { file async throws in
            await #expect(throws: Abort.self) {
                try await file.write { transaction throws in
                    try transaction.apply(Decision { $0.order = .sample(title: "first") })
                    #expect(try transaction.order(AssignmentID.sample().order)?.title == "first")
                    throw Abort()
                }
            }
            try await file.write { transaction throws in
                #expect(try transaction.order(AssignmentID.sample().order) == nil)
                try transaction.apply(Decision { $0.order = .sample(title: "second") })
                #expect(try transaction.order(AssignmentID.sample().order)?.title == "second")
            }
        }
    }

    @Test(
        "The last number of a day is found by the unit and the day in the case numbers, whatever is missing before it"
    )
    func lastNumber() async throws {
        try await withStateFile { file async throws in
            try await file.write { transaction throws in
                for number in [1, 2, 10_000] {
                    try transaction.apply(Decision { $0.order = .sample(number) })
                }
                guard let day = CalendarDay(year: 2_026, month: 11, day: 23),
                    let next = CalendarDay(year: 2_026, month: 11, day: 24)
                else { return }
                let keys: [(PostAddress, CalendarDay, Int)] = [
                    (street, day, 10_000), (street, next, 0), (post("street-office@31010500"), day, 0),
                    (post("street-office@3101050021"), day, 0),
                ]
                for (issuer, day, last) in keys {
                    var query = PageQuery()
                    query.numbersOfDay = .init(issuer: issuer, day: day)
                    #expect(try transaction.page(for: query).lastNumber == last)
                }
            }
        }
    }

    @Test("History keeps every field and every line, in order")
    func history() async throws {
        var random = SeededGenerator(seed: 1)
        let entries = (0..<60).map { number in
            HistoryEntry(
                assignment: .sample(7, 1 + number % 3),
                event: random.element(HistoryEntry.Event.allCases),
                at: random.instant(),
                actor: random.maybe { $0.post() },
                leg: random.maybe { .sample(7, 1, 1 + $0.int()) },
                note: random.maybe { $0.text() },
                cause: messageID("m\(number)")
            )
        }
        try await withStateFile { file async throws in
            try await file.write { try $0.apply(Decision { $0.history = entries }) }
            try await file.read { reader in
                let lines = try reader.history(under: .sample(), limit: 100)
                #expect(lines.map(HistoryEntry.init) == entries)
                let first = try reader.history(under: .sample(7, 2), limit: 5)
                let rest = try reader.history(under: .sample(7, 2), limit: 100, after: first.last?.n ?? 0)
                #expect((first + rest).map(HistoryEntry.init) == entries.filter { $0.assignment == .sample(7, 2) })
                #expect(try reader.history(under: .sample(8), limit: 5) == [])
            }
        }
    }
}

extension HistoryEntry {
    init(_ line: HistoryLine) {
        self.init(
            assignment: line.assignment,
            event: line.event,
            at: line.at,
            actor: line.actor,
            leg: line.leg,
            note: line.note,
            cause: line.cause
        )
    }
}

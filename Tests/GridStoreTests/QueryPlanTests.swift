//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GRDB
import Synchronization
import Testing

@testable import GridModel
@testable import GridStore

@Suite struct QueryPlanTests {
    /// Walks that are meant: they end at their limit, or count what is small.
    static let meant: Set<String> = [
        // Orders and escalations, newest first, up to the limit.
        "SCAN o USING INDEX workOrderByTime",
        "SCAN escalation",
        // The names whose attempts are remembered, of which there are never more than a number.
        "SCAN signInFailure USING COVERING INDEX signInFailureByTime",
        // The posts that a statement is given.
        "SCAN json_each VIRTUAL TABLE INDEX 1:",
        "SCAN p VIRTUAL TABLE INDEX 1:",
        // The newest version, which is the first row met.
        "SCAN organization",
        // What metrics count, up to a bound: the inbox, and what is open.
        "SCAN inbox USING COVERING INDEX inboxByTime",
        "SCAN assignment USING INDEX assignmentOpen",
        // The number of timers and parked messages, for the operator; the first of them, for the next wake-up.
        "SCAN timer",
        "SCAN timer USING COVERING INDEX timerByTime",
        "SCAN parked USING COVERING INDEX parkedByTime",
        // What is on its way to people, of which there is as much as connections; whether anybody wants to be told; and when
        // messages are taken from their queue, the channels: one or two for a person.
        "SCAN push USING INDEX pushSending",
        "SCAN pushChannel USING COVERING INDEX pushChannelByAddress",
        "SCAN c",
        // What all attached files have together, asked when one is attached: tens of thousands of short rows at most.
        "SCAN file",
    ]

    @Test("No statement that a message or a command runs walks through a whole table")
    func noScans() async throws {
        try await withStateFile { file async throws in
            let statements = try await file.pool.writeWithoutTransaction { db in
                let statements = try Self.traced(db) {
                    let connection = StoreConnection(db: db, orders: OrderCache(), archive: file.archive)
                    try Self.everything(StoreTransaction(connection: connection))
                }
                #expect(statements.count > 40)
                for sql in statements {
                    for step in try Self.plan(of: sql, db) where step.hasPrefix("SCAN") && !Self.isSubquery(step) {
                        #expect(Self.meant.contains(step), "\(step) in \(sql)")
                    }
                }
                return statements
            }
            // The test is worth something only if it sees what it is about.
            for table in ["assignment", "leg", "escalation", "history", "timer", "inbox", "outbox", "parked", "push"] {
                #expect(statements.contains { $0.contains("FROM \(table)") }, "\(table) was not asked")
            }
        }
    }

    /// Runs `body` and returns the statements it ran, each once.
    private static func traced(_ db: Database, _ body: () throws -> Void) throws -> Set<String> {
        let log = Log()
        db.trace { event in
            if case .statement(let statement) = event { log.append(statement.sql) }
        }
        defer { db.trace(nil) }
        try db.inTransaction {
            try body()
            return .rollback
        }
        return Set(
            log.statements.filter { sql in ["SELECT", "INSERT", "UPDATE", "DELETE"].contains { sql.hasPrefix($0) } }
        )
    }

    private final class Log: Sendable {
        private let list = Mutex<[String]>([])

        var statements: [String] { list.withLock { $0 } }

        func append(_ sql: String) { list.withLock { $0.append(sql) } }
    }

    /// The plan of a statement just as it is prepared: with parameters, not with values.
    private static func plan(of sql: String, _ db: Database) throws -> [String] {
        let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN " + sql)
        statement.setUncheckedArguments([])
        return try Row.fetchAll(statement).map { $0["detail"] }
    }

    /// A step that walks through what another step has found.
    private static func isSubquery(_ step: String) -> Bool {
        step.hasPrefix("SCAN (") || step == "SCAN CONSTANT ROW"
    }

    /// Everything a node asks of its file but the counts of all rows that only the operator and the bench ask for.
    private static func everything(_ transaction: StoreTransaction) throws {
        _ = try transaction.admit(messageID("m"), source: "a", at: at(1))
        _ = try transaction.forgetInbox(before: at(1), limit: 1)

        var query = PageQuery()
        query.assignment = .sample()
        query.escalation = .init(assignment: .sample(), superior: street)
        query.numbersOfDay = CalendarDay(year: 2_026, month: 11, day: 23).map { .init(issuer: street, day: $0) }
        for openLegs in [false, true] {
            query.openLegs = openLegs
            query.leg = openLegs ? nil : .sample(7, 1)
            _ = try transaction.page(for: query)
        }
        try transaction.apply(
            Decision {
                $0.order = .sample()
                $0.assignment = .sample()
                $0.legs = [Leg(id: .sample(7, 1), post: leader, area: leader.code)]
                $0.escalation = Escalation(
                    assignment: .sample(),
                    holder: leader,
                    superior: street,
                    rung: 1,
                    revision: 1,
                    title: "t",
                    reason: "r",
                    byClock: false,
                    dueAt: nil,
                    openedAt: at(1)
                )
                $0.history = [
                    HistoryEntry(
                        assignment: .sample(),
                        event: .issued,
                        at: at(1),
                        actor: nil,
                        leg: nil,
                        note: nil,
                        cause: messageID("m")
                    )
                ]
                $0.timers = [
                    .set(.sample(), .dueUrge, at(1)), .cancel(.sample(), .dueUrge), .cancelAll(.sample()),
                ]
            }
        )

        let ids = try transaction.enqueue([.sample()], lease: nil, at: at(1))
        _ = try transaction.claimOutbox(owner: "a", now: at(1), leaseMilliseconds: 1, limit: 1)
        _ = try transaction.hasClaimable(at: at(1), leaseMilliseconds: 1)
        _ = try transaction.leaseOwners()
        try transaction.extendLeases(owner: "a", until: at(2))
        try transaction.releaseLeases(owner: "a")
        try transaction.deleteOutbox(ids)
        _ = try transaction.outboxStatus()
        _ = try transaction.figures(at: at(1), limit: 10)
        _ = try transaction.lights(at: at(1), limit: 10)
        for kind in PressingKind.allCases {
            _ = try transaction.pressing(kind, of: [leader], limit: 10, now: at(1))
        }
        _ = try transaction.deadlines(of: [leader, street], after: at(1), by: at(2))

        for _ in 1...2 {
            try transaction.park(.sample(), id: messageID("m"), waitingFor: .sample(), until: at(1))
            _ = try transaction.hasParked()
            _ = try transaction.takeParked(for: .sample())
            _ = try transaction.takeExpiredParked(now: at(1), limit: 1)
            _ = try transaction.hasParked(beyond: at(1))
            _ = try transaction.takeParked(beyond: at(1), limit: 1)
        }
        _ = try transaction.parkedCount()
        _ = try transaction.timersPending()
        _ = try transaction.nextWakeUp()
        _ = try transaction.dueTimers(now: at(1), limit: 1)
        _ = try transaction.removeTimer(TimerFiring(assignment: .sample(), kind: .dueUrge, at: at(1)))

        _ = try transaction.saveOrganization([1], at: at(1))
        _ = try transaction.organization()
        _ = try transaction.assignments(under: .sample())
        _ = try transaction.legs(of: .sample())
        _ = try transaction.counts(under: .sample(), now: at(1))
        _ = try transaction.holdingUp(under: .sample(), limit: 1)
        _ = try transaction.inbox(of: leader, includeFinal: true, limit: 9)
        _ = try transaction.openAssignments(heldBy: [leader])
        _ = try transaction.orders(limit: 1, now: at(1))
        let place = OrderFilter.Place(issuedAt: at(1), id: OrderID(unchecked: "1"))
        var filter = OrderFilter(after: place, state: .issued, module: .services, posts: [leader])
        _ = try transaction.orders(limit: 1, filter, now: at(1))
        (filter.isLate, filter.text) = (true, "x")
        _ = try transaction.orders(limit: 1, filter, now: at(1))
        for superior in [nil, street] {
            for openOnly in [true, false] {
                _ = try transaction.escalations(of: superior, openOnly: openOnly)
            }
        }
        _ = try transaction.history(under: .sample(), limit: 1)
        _ = try transaction.nodeID()
        _ = try transaction.nodeIsMarked()
        try transaction.markNode(at: at(1))
        try transaction.noteLoss()
        _ = try transaction.pendingLoss()
        try transaction.markMadeGood(upTo: 1)
        let scope = ReconcileScope(unchangedSince: at(9), remoteSince: at(0))
        for after in [nil, AssignmentID.sample()] {
            _ = try transaction.unsettledLegs(in: scope, after: after, limit: 1)
            _ = try transaction.settledLegs(in: scope, after: after, limit: 1)
            _ = try transaction.signedOffElsewhere(in: scope, after: after, limit: 1)
            _ = try transaction.escalatedPairs(in: scope, after: after, limit: 1)
        }
        _ = try transaction.overtakenEscalations(in: scope, after: nil, limit: 1)
        _ = try transaction.answeredElsewhere(in: scope, after: nil, limit: 1)
        _ = try transaction.history(of: .sample(), limit: 1)
        _ = try transaction.newestLine(of: .sample(), .issued)
        let order = AssignmentID.sample().order
        _ = try transaction.ordersToArchive(issuedBefore: at(9), after: nil, limit: 1)
        _ = try transaction.isOver(order, since: at(9))
        _ = try transaction.linesToArchive(of: order, after: 0, limit: 1)
        _ = try transaction.markArchived(order, through: 0, since: at(9))
        _ = try transaction.deleteArchived(of: order, limit: 1)
        _ = try transaction.hasEscalation(of: .sample(), to: street)
        _ = try transaction.newestHistoryLine()
        _ = try transaction.events(of: leader, after: 0, lookingAt: 1)
        _ = try transaction.events(under: .sample(), after: 0, lookingAt: 1)
        let file = FileHash(digest: [UInt8](repeating: 1, count: 32))
        _ = try transaction.attachments(of: .sample())
        _ = try transaction.attachment(.after, file, of: .sample())
        _ = try transaction.storedFile(file)
        _ = try transaction.fileBytes()
        _ = try transaction.wantedFiles(limit: 1)
        _ = try transaction.isWanted(file)
        let attachment = GridModel.Attachment(kind: .after, file: StoredFile(hash: file, type: .jpeg, size: 1))
        let reported = ReportedFiles(node: "n", attachments: [attachment])
        try transaction.note(reported, of: .sample(), from: leader, at: at(1))
        try transaction.fileArrived(file)
        try people(transaction)
        try pushes(transaction)
    }

    /// Everything that is asked again and again while pushes are planned and sent.
    private static func pushes(_ transaction: StoreTransaction) throws {
        let channel = try transaction.addPushChannel(PushTests.channel())
        _ = try transaction.hasPushChannels()
        _ = try transaction.pushChannels(of: leader, at: at(1))
        _ = try transaction.pushedLine()
        _ = try transaction.history(after: 0, limit: 1)
        _ = try transaction.queuePushes([PushTests.draft(channel, line: 1)])
        try transaction.notePushedLine(1)
        _ = try transaction.hasDuePush(at: at(2_000))
        _ = try transaction.nextPush(after: at(0))
        let messages = try transaction.claimPushes(
            owner: "a",
            now: at(2_000),
            leaseMilliseconds: 1,
            limit: 1,
            name: { "m" },
            workers: { _ in 1 }
        )
        #expect(messages.count == 1)
        let outcomes = messages.map { PushOutcome(message: $0.id, result: .sent) }
        _ = try transaction.settlePushes(outcomes, owner: "a", now: at(2_000))
        _ = try transaction.sweepPushes(at: at(2_000), limit: 1)
    }

    /// Everything that the people's side asks, but the lists of all people and tokens and the statistics, which count.
    private static func people(_ transaction: StoreTransaction) throws {
        let n = try transaction.addPerson(named: "a", posts: [leader], at: at(1)) ?? 0
        try transaction.setPosts([street], of: n)
        try transaction.setPassword("x", of: n)
        try transaction.setDisabled(false, of: n)
        let token = try transaction.addToken(hash: [1], label: "", of: n, expiresAt: nil, at: at(1))
        try transaction.addSession(hash: [2], of: n, expiresAt: at(9), limit: 1, at: at(1))
        try transaction.saveInvitation(hash: [4], of: n, expiresAt: at(9), at: at(1))
        _ = try transaction.takeInvitation(hash: [4], at: at(1))
        let standIn = try transaction.addStandIn(
            for: leader,
            person: n,
            from: at(1),
            to: at(9),
            grantedBy: nil,
            at: at(1)
        )
        _ = try transaction.standIns(at: at(1), limit: 1)
        _ = try transaction.standIn(standIn)
        _ = try transaction.standIn(n, for: leader, grantedBy: n, under: "key")
        _ = try transaction.endStandIn(standIn, at: at(1))
        try transaction.savePerformer(Performer(person: n, isStandIn: true), of: #require(MessageID("a")), as: leader)
        _ = try transaction.person(named: "a")
        _ = try transaction.person(ofSession: [2], at: at(1))
        _ = try transaction.person(ofToken: [1], at: at(1))
        _ = try transaction.password(of: "a")
        _ = try transaction.revokeToken(token, at: at(1))
        try transaction.endSession([2])
        let failures = SignInFailures(count: 1, lastAt: at(1), lockedUntil: nil)
        try transaction.saveSignInFailures(failures, of: [3], limit: 1)
        _ = try transaction.signInFailures(of: [3])
        try transaction.clearSignInFailures(of: [3])
        let record = IdempotencyRecord(fingerprint: [1], assignment: nil, refusal: nil)
        try transaction.saveIdempotencyRecord(record, of: n, key: "k", at: at(1), forgettingBefore: at(0))
        _ = try transaction.idempotencyRecord(of: n, key: "k")
    }
}

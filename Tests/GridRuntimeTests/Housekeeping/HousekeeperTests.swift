//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import GridStore
import InMemoryLogging
import Logging
import ServiceLifecycle
import Synchronization
import Testing

@testable import GridModel
@testable import GridRuntime

@Suite("The housekeeper", .brokerLimit)
struct HousekeeperTests {
    private static let day: Int64 = 86_400_000

    @Test("Messages handled more than ninety days ago are forgotten once the mailboxes are served, however many")
    func forgets() async throws {
        let clock = TestClock()
        // More than two transactions forget.
        let old = 2 * InboxPruning.chunk + 1
        try await Self.withStore(old, handledAt: clock.now) { store in
            clock.advance(milliseconds: 89 * Self.day)
            try await Self.admit("young", at: clock.now, in: store)
            clock.advance(milliseconds: 2 * Self.day)
            let log = InMemoryLogHandler()
            let readiness = Readiness(logger: Self.logger(log))
            try await Self.running(store, readiness, clock.wall, log) {
                for _ in 1...50 { await Task.yield() }
                #expect(try await store.read { try $0.inboxCount() } == old + 1)
                readiness.becomeReady(mailboxes: 1, at: AMQPAddress(host: "broker"))
                try await poll("the old ones are forgotten") { try await store.read { try $0.inboxCount() } == 1 }
            }
            #expect(try await store.write { try $0.hasAdmitted(Self.id("young"), source: "a") })
        }
    }

    @Test("An order that was over a year ago leaves its history to the archive, and one of this year keeps it")
    func archives() async throws {
        let clock = TestClock()
        try await Self.withStore(1, handledAt: clock.now) { store in
            let orders = ["0001", "0002"].map { "310105002-20261123-\($0)" }
            for order in orders {
                try await Self.complete(order, at: clock.now, in: store)
                clock.advance(milliseconds: 364 * Self.day)
            }
            let log = InMemoryLogHandler()
            let readiness = Readiness(logger: Self.logger(log))
            readiness.becomeReady(mailboxes: 1, at: AMQPAddress(host: "broker"))
            try await Self.running(store, readiness, clock.wall, log) {
                try await poll("the first is archived") {
                    try await store.read { try $0.archivedOrderCount() } == 1
                }
            }
            for order in orders {
                let id = try #require(AssignmentID(order))
                #expect(try await store.read { try $0.history(under: id, limit: 9) }.map(\.note) == [order])
            }
        }
    }

    @Test("Nothing is forgotten by a clock that was put ahead a moment ago, and the log says so")
    func putAhead() async throws {
        let clock = TestClock()
        try await Self.withStore(3, handledAt: clock.now) { store in
            let log = InMemoryLogHandler()
            let readiness = Readiness(logger: Self.logger(log))
            readiness.becomeReady(mailboxes: 1, at: AMQPAddress(host: "broker"))
            // Asked before and after each rest: put right, and ahead again.
            let isAhead = Mutex(true)
            let wall = WallClock {
                let days: Int64 = isAhead.withLock { isAhead in
                    isAhead.toggle()
                    return isAhead ? 365 : 0
                }
                return clock.now.adding(milliseconds: days * Self.day)
            }
            try await Self.running(store, readiness, wall, log) {
                try await poll("it was told twice") {
                    log.entries.count { $0.message.description.contains("ahead") } > 1
                }
            }
            #expect(try await store.read { try $0.inboxCount() } == 3)
        }
    }

    private static func logger(_ log: InMemoryLogHandler) -> Logger {
        Logger(label: "test", factory: { _ in log })
    }

    private static func id(_ text: String) throws -> MessageID { try #require(MessageID(text)) }

    private static func admit(_ text: String, at instant: Instant, in store: StateFile) async throws {
        let id = try id(text)
        _ = try await store.write { try $0.admit(id, source: "a", at: instant) }
    }

    /// Writes an order that is completed at once, with one line of history.
    private static func complete(_ number: String, at instant: Instant, in store: StateFile) async throws {
        let id = try #require(AssignmentID(number))
        let post = try #require(PostAddress("street-office@310105002"))
        let cause = try Self.id(number)
        try await store.write { store in
            var decision = Decision()
            decision.order = WorkOrder(
                id: id.order,
                issuedBy: post,
                issuedAt: instant,
                title: "t",
                body: "b",
                module: .publicSafety,
                priority: .normal,
                scope: [post.code],
                cascade: Cascade(to: "liaison", mode: .onAcceptance),
                signOff: [],
                rollUp: .byHolder,
                acceptBy: nil,
                dueAt: nil
            )
            decision.assignment = Assignment(
                id: id,
                post: post,
                issuer: nil,
                area: post.code,
                state: .completed,
                dueAt: nil,
                issuedAt: instant,
                updatedAt: instant
            )
            decision.history = [
                HistoryEntry(
                    assignment: id,
                    event: .completed,
                    at: instant,
                    actor: post,
                    leg: nil,
                    note: number,
                    cause: cause
                )
            ]
            try store.apply(decision)
        }
    }

    /// A state file that has seen so many messages.
    private static func withStore(
        _ count: Int,
        handledAt instant: Instant,
        _ body: @escaping @Sendable (StateFile) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let store = try StateFile.open(at: folder + "/state.sqlite")
            try await finally {
                try await store.write { store in
                    for number in 1...count { _ = try store.admit(id("\(number)"), source: "a", at: instant) }
                }
                try await body(store)
            } then: {
                try store.close()
            }
        }
    }

    /// Runs a keeper that hardly rests, for the length of `body`.
    private static func running(
        _ store: StateFile,
        _ readiness: Readiness,
        _ clock: WallClock,
        _ log: InMemoryLogHandler,
        _ body: () async throws -> Void
    ) async throws {
        let logger = logger(log)
        let keeper = Housekeeper(
            store: store,
            archiveAge: 365,
            readiness: readiness,
            interval: .milliseconds(1),
            clock: clock,
            logger: logger
        )
        let group = ServiceGroup(configuration: .init(services: [keeper], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            defer { tasks.cancelAll() }
            try await body()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}

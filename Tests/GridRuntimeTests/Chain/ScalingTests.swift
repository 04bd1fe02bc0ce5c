//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import GridModel
import GridRuntime
import GridStore
import Testing

@Suite("Workers scaled while they run, over the real broker", .needsBroker, .brokerLimit)
struct ScalingTests {
    private static let liaisons = MailboxScope(role: "liaison")

    @Test("A pause is followed at once and outlives the process; mail stays at the broker until it is lifted")
    func paused() async throws {
        try await Chain.with { chain in
            let desk = WorkerDesk(store: chain.store, logger: chain.logger)
            let root = try await chain.withNode {
                let following = try await desk.set(.pause, for: Self.liaisons)
                #expect(following.processes == 1 && following.followed == 1)
                let root = try await chain.issue()
                try await poll("the liaisons' mail waits") { try await Self.waiting(in: chain) == 16 }
                return root
            }
            try await chain.withNode {
                let findings = await Doctor(broker: chain.broker, logger: chain.logger).examine(chain.store)
                #expect(findings.first { $0.check == "paused" }?.level == .ok)
                #expect(findings.first { $0.check == "paused" }?.finding.contains("16 messages") == true)
                #expect(findings.first { $0.check == "mailboxes" }?.level == .ok)
                let overview = try await desk.overview(of: chain.mailboxes, broker: chain.broker)
                for line in overview.mailboxes {
                    #expect((line.pausedAt != nil) == line.mailbox.hasSuffix(".liaison"))
                    #expect(line.consumers == (line.pausedAt == nil ? 1 : 0), "\(line.mailbox)")
                }
                #expect(try await Self.waiting(in: chain) == 16)

                let following = try await desk.set(.resume, for: Self.liaisons)
                #expect(following.followed == 1)
                try await chain.awaitFanOut(of: root)
                try await chain.completeLeaves(under: root)
                try await chain.awaitState(.completed, of: root)
            }
            try await chain.expectNothingLeft()
            #expect(chain.complaints.isEmpty)
        }
    }

    @Test("What waits in a mailbox that is paused is not taken for lost")
    func notLost() async throws {
        try await Chain.with { chain in
            let desk = WorkerDesk(store: chain.store, logger: chain.logger)
            try await chain.withNode {
                _ = try await desk.set(.pause, for: Self.liaisons)
                let root = try await chain.issue()
                try await poll("the liaisons' mail waits") { try await Self.waiting(in: chain) == 16 }
                let reconciler = Reconciler(
                    store: chain.store,
                    selection: MailboxSelection(),
                    clock: chain.clock.wall,
                    logger: chain.logger
                )
                chain.clock.advance(milliseconds: 120_000)
                let paused = Set(chain.mailboxes.filter { $0.role == "liaison" })
                #expect(try await reconciler.preview(reconciler.everything).total == 16)
                #expect(try await reconciler.run(reconciler.everything, leavingOut: paused).total == 0)
                _ = try await desk.set(.resume, for: Self.liaisons)
                try await chain.awaitFanOut(of: root)
            }
        }
    }

    @Test("A node that compares its pages goes on doing so for all others while a mailbox is paused")
    func comparesOthers() async throws {
        try await Chain.with { chain in
            let desk = WorkerDesk(store: chain.store, logger: chain.logger)
            _ = try await desk.set(.pause, for: Self.liaisons)
            // Ten times as often for a round that could not take place.
            let timing = ReconcileService.Timing(interval: .seconds(1), quietMilliseconds: 1_000)
            try await chain.withNode(reconcile: timing) {
                _ = try await chain.issue()
                try await poll("the liaisons' mail waits") { try await Self.waiting(in: chain) == 16 }
                // An order whose legs to the cells never went out, as after an older copy of the file was put back.
                let other = try await chain.issueUnsent()
                try await chain.advance(milliseconds: 60_000)
                for cell in 1...4 { try await chain.awaitState(.issued, of: other.leg(cell)) }
                try await poll("its liaisons' mail waits, too") { try await Self.waiting(in: chain) == 32 }
            }
        }
    }

    @Test("Each mailbox has all its workers in one process; one that is drained leaves its mailboxes to the others")
    func shared() async throws {
        try await Chain.with { chain in
            let desk = WorkerDesk(store: chain.store, logger: chain.logger)
            let names = (0...1).map { ProcessIdentity.current($0).description }
            let other = try StateFile.open(at: chain.store.path)
            try await finally {
                try await chain.withNode {
                    try await chain.withNode(instance: 1, store: other, duties: .worker) {
                        let following = try await desk.set(.workers(5, prefetch: 3), for: MailboxScope())
                        #expect(following.processes == 2 && following.followed == 2)
                        try await poll("one of them has the workers") {
                            try await Self.workers(in: chain).values.allSatisfy { $0.map(\.value) == [5] }
                        }
                        let parts = try await Self.workers(in: chain)
                        #expect(Set(parts.values.flatMap(\.keys)) == Set(names), "both have some")

                        let drained = try #require(try await desk.setDraining(true, of: names[1]))
                        #expect(drained.following.followed == 1)
                        try await poll("the other has all workers") {
                            try await Self.workers(in: chain).values.allSatisfy { $0 == [names[0]: 5] }
                        }
                        let states = try await desk.overview(of: [], broker: chain.broker).processes
                        #expect(states.map(\.state) == [.serving, .drained])

                        _ = try await desk.setDraining(false, of: names[1])
                        try await poll("it has the same ones again") { try await Self.workers(in: chain) == parts }
                    }
                    // It struck itself out.
                    try await poll("the other has all workers") {
                        try await Self.workers(in: chain).values.allSatisfy { $0 == [names[0]: 5] }
                    }
                }
            } then: {
                try other.close()
            }
            #expect(try await chain.store.read { try $0.workerProcesses() } == [])
        }
    }

    @Test("What is said is followed within a second, at least when the machine has the time")
    func quickly() async throws {
        try await Chain.with { chain in
            let desk = WorkerDesk(store: chain.store, logger: chain.logger)
            try await chain.withNode {
                var seconds: [Double] = []
                // Other tests may keep both cores busy, so the best of several counts.
                for workers in 1...5 where seconds.min() ?? 1 >= 1 {
                    let following = try await desk.set(.workers(workers, prefetch: 3), for: MailboxScope())
                    #expect(following.followed == 1)
                    seconds.append(following.seconds)
                }
                #expect(seconds.min() ?? 1 < 1)
            }
        }
    }

    /// How many workers each process has, by mailbox.
    private static func workers(in chain: Chain) async throws -> [String: [String: Int]] {
        let desk = WorkerDesk(store: chain.store, logger: chain.logger)
        let overview = try await desk.overview(of: chain.mailboxes, broker: chain.broker)
        let lines = overview.mailboxes.map { line in
            (line.mailbox, Dictionary(uniqueKeysWithValues: line.processes.map { ($0.process, $0.workers) }))
        }
        return Dictionary(uniqueKeysWithValues: lines).mapValues { parts in parts.filter { $0.value > 0 } }
    }

    /// How many messages wait in the liaisons' mailboxes.
    private static func waiting(in chain: Chain) async throws -> Int {
        try await chain.waitingMessages().filter { $0.key.hasSuffix(".liaison") }.values.reduce(0, +)
    }
}

extension Chain {
    fileprivate var mailboxes: [Mailbox] { MailboxSelection().mailboxes(in: organization) }

    /// Issues an order whose mail is never sent.
    fileprivate func issueUnsent() async throws -> AssignmentID {
        let handler = MessageHandler(organization: organization, clock: clock.wall, logger: logger)
        let command = Command(id: Chain.newID(), actor: street.office, body: .issue(draft()))
        let root = try await store.write { try handler.perform(command, in: $0).decision.assignment?.id }
        return try #require(root)
    }
}

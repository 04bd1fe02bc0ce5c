//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import GridModel
import GridRuntime
import GridStore
import InMemoryLogging
import Logging
import Testing

@Suite("Workers that follow a policy, over the real broker", .needsBroker, .brokerLimit)
struct AutoscaleTests {
    private static let policy = AutoscalePolicy(.queueLength, value: 20, minimum: 1, maximum: 8, prefetch: 1)
    /// Often enough that a test waits for no round; what is damped goes by the test's clock.
    private static let interval = Duration.milliseconds(50)

    @Test("A mailbox that is flooded gets more workers, and gives them back five minutes later")
    func flooded() async throws {
        try await Chain.with { chain in
            let post = chain.street.liaison(1, 1, 1)
            let scope = try chain.scope(of: post)
            let desk = WorkerDesk(store: chain.store, logger: chain.logger)
            try await chain.withNode(autoscaleInterval: Self.interval) {
                let leg = try await chain.acceptedLeg(of: post)
                // All waits before anybody looks: what is decided while it arrives depends on how fast it does.
                _ = try await desk.set(.pause, for: scope)
                try await chain.publish(
                    try (1...3_000).map { try chain.message(.progress, leg, as: post, ActionBody(note: "\($0)")) }
                )
                _ = try await desk.set(.automatic(Self.policy), for: scope)
                // Four more at most, and then not for 15 seconds, however much waits.
                try await poll("it was decided") { try await chain.decisions(in: scope).last?.workers == 5 }
                #expect(
                    try await chain.decisions(in: scope).last?.reason.contains("messages wait, 20 for each") == true
                )
                _ = try await desk.set(.resume, for: scope)
                try await chain.awaitWorkers(5, in: scope)
                chain.clock.advance(milliseconds: 15_000)
                try await chain.awaitWorkers(8, in: scope)

                try await poll("all is handled") { try await chain.waitingMessages().isEmpty }
                try await poll("the processes hold nothing") { try await chain.line(in: scope).held == 0 }
                // What was wanted while the last was handled has to have been a window ago.
                try await poll("the workers are given back") {
                    chain.clock.advance(milliseconds: 60_000)
                    return try await chain.decisions(in: scope).last?.workers == 1
                }
                try await chain.awaitWorkers(1, in: scope)
                let raised = chain.log.entries.filter {
                    "\($0.message)" == "The workers of a mailbox were set by its policy"
                }
                #expect(raised.map { "\($0.metadata["count"] ?? "")" } == ["5", "8", "1"])
                #expect(raised.allSatisfy { $0.level == .notice && "\($0.metadata["reason"] ?? "")" != "" })
            }
            #expect(chain.complaints.isEmpty)
        }
    }

    @Test("Of two processes one has what a policy asks for, a restart keeps it, and only one of two nodes decides")
    func shared() async throws {
        try await Chain.with { chain in
            let scope = MailboxScope(role: "liaison")
            let desk = WorkerDesk(store: chain.store, logger: chain.logger)
            let other = try StateFile.open(at: chain.store.path)
            try await finally {
                try await chain.withNode(autoscaleInterval: Self.interval) {
                    _ = try await desk.set(.pause, for: scope)
                    _ = try await chain.issue()
                    try await poll("the liaisons' mail waits") {
                        try await chain.waitingMessages().values.reduce(0, +) == 16
                    }
                    let policy = AutoscalePolicy(.queueLength, value: 1, maximum: 4, prefetch: 7)
                    _ = try await desk.set(.automatic(policy), for: scope)
                    try await poll("what waits is followed") {
                        try await Set(chain.decisions(in: scope).map(\.workers)) == [4]
                    }
                }
                // As long as nothing asks for fewer, a restart changes nothing.
                try await chain.withNode(autoscaleInterval: Self.interval) {
                    try await chain.withNode(instance: 1, store: other, autoscaleInterval: Self.interval) {
                        _ = try await desk.set(.resume, for: scope)
                        try await poll("one of them has all") {
                            try await chain.parts(in: scope).allSatisfy { $0.values.filter { $0 > 0 } == [4] }
                        }
                        let line = try await chain.line(in: scope)
                        #expect(line.policy?.maximum == 4 && line.why != nil && line.workers == 4)
                    }
                }
                let noted = chain.log.entries.filter {
                    "\($0.message)" == "The workers of a mailbox were set by its policy"
                }
                // Each mailbox began with one and then got four; nobody decided twice.
                #expect(noted.count <= 2 * (try await chain.decisions(in: scope).count))
            } then: {
                try other.close()
            }
        }
    }

    @Test("A manual word takes a policy's place, and a policy that of a manual word")
    func manual() async throws {
        try await Chain.with { chain in
            let scope = try chain.scope(of: chain.street.liaison(1, 1, 1))
            let desk = WorkerDesk(store: chain.store, logger: chain.logger)
            try await chain.withNode(autoscaleInterval: Self.interval) {
                _ = try await desk.set(.automatic(Self.policy), for: scope)
                try await chain.awaitWorkers(1, in: scope)
                try await poll("it was decided") { try await !chain.decisions(in: scope).isEmpty }
                let following = try await desk.set(.workers(6, prefetch: nil), for: MailboxScope())
                #expect(following.followed == 1)
                try await chain.awaitWorkers(6, in: scope)
                try await poll("what was decided is forgotten") {
                    try await chain.store.read { try $0.scaleRules() }.haveAPolicy == false
                }
                #expect(try await chain.line(in: scope).policy == nil)
                _ = try await desk.set(.automatic(Self.policy), for: scope)
                try await chain.awaitWorkers(1, in: scope)
                _ = try await desk.set(.workers(nil, prefetch: nil), for: MailboxScope())
                #expect(try await chain.line(in: scope).workers == nil)
            }
        }
    }

    @Test(
        "A mailbox whose policy takes its last worker is woken by what arrives, and is neither deaf nor lost meanwhile"
    )
    func asleep() async throws {
        try await Chain.with { chain in
            let scope = MailboxScope(role: "liaison")
            let desk = WorkerDesk(store: chain.store, logger: chain.logger)
            let policy = AutoscalePolicy(.queueLength, value: 20, minimum: 0, maximum: 4)
            try await chain.withNode(autoscaleInterval: Self.interval) {
                _ = try await desk.set(.automatic(policy), for: scope)
                try await poll("each has its decision") { try await chain.decisions(in: scope).count > 0 }
                try await poll("they fall asleep") {
                    chain.clock.advance(milliseconds: 60_000)
                    return try await chain.decisions(in: scope).allSatisfy { $0.workers == 0 }
                }
                try await poll("nobody is subscribed") { try await chain.line(in: scope).consumers == 0 }
                let findings = await Doctor(broker: chain.broker, logger: chain.logger).examine(chain.store)
                #expect(findings.first { $0.check == "mailboxes" }?.level == .ok)
                let root = try await chain.issue()
                try await chain.awaitFanOut(of: root)
                #expect(try await chain.decisions(in: scope).contains { $0.workers == 1 })
            }
        }
    }
}

extension Chain {
    fileprivate func scope(of post: PostAddress) throws -> MailboxScope {
        let mailbox = try #require(organization.mailbox(of: post))
        return MailboxScope(area: mailbox.code, role: mailbox.role)
    }

    fileprivate func mailboxes(in scope: MailboxScope) -> [Mailbox] {
        MailboxSelection().mailboxes(in: organization).filter(scope.contains)
    }

    /// What was decided last of each mailbox.
    fileprivate func decisions(in scope: MailboxScope) async throws -> [AutoscaleDecision] {
        let all = try await store.read { try $0.autoscaleDecisions() }
        return mailboxes(in: scope).compactMap { all[$0.name] }
    }

    /// How the first mailbox is served.
    fileprivate func line(in scope: MailboxScope) async throws -> WorkerOverview.MailboxLine {
        let desk = WorkerDesk(store: store, logger: logger)
        let overview = try await desk.overview(of: mailboxes(in: scope), broker: broker)
        return try #require(overview.mailboxes.first)
    }

    /// How many workers each process has, mailbox by mailbox.
    fileprivate func parts(in scope: MailboxScope) async throws -> [[String: Int]] {
        let desk = WorkerDesk(store: store, logger: logger)
        return try await desk.overview(of: mailboxes(in: scope), broker: broker).mailboxes.map { line in
            Dictionary(uniqueKeysWithValues: line.processes.map { ($0.process, $0.workers) })
        }
    }

    /// Waits until the processes have so many workers for each mailbox.
    fileprivate func awaitWorkers(_ count: Int, in scope: MailboxScope) async throws {
        try await poll("there are \(count) workers") {
            let lines = try await store.read { store in (try store.scaleRules(), try store.workerProcesses()) }
            let isWanted = mailboxes(in: scope).allSatisfy { lines.0.scale(of: $0).workers == count }
            let version = try await store.read { try $0.scaleVersion() }
            return isWanted && lines.1.allSatisfy { $0.applied >= version }
        }
    }

    /// Issues an order and has a liaison acknowledge the leg.
    fileprivate func acceptedLeg(of post: PostAddress) async throws -> AssignmentID {
        let root = try await issue()
        try await awaitFanOut(of: root)
        let leg = try #require(try await store.read { try $0.assignments(under: root) }.first { $0.post == post }).id
        try await act(.acknowledge, leg)
        return leg
    }
}

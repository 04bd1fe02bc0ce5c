//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import GridModel
import GridRuntime
import GridStore
import Testing

@Suite("Several processes on one state file, over the real broker", .needsBroker, .brokerLimit)
struct SharedFileTests {
    @Test("Two nodes share the work of an order, and every message is sent once")
    func twoNodes() async throws {
        try await Chain.with { chain in
            let root = try await chain.withTap { tap in
                try await chain.withAgents { _ in
                    let other = try StateFile.open(at: chain.store.path)
                    let root = try await finally {
                        try await chain.withNode {
                            try await chain.withNode(instance: 1, store: other) {
                                let root = try await chain.issue()
                                try await chain.awaitState(.completed, of: root)
                                return root
                            }
                        }
                    } then: {
                        try other.close()
                    }
                    Self.expectSentOnce(tap)
                    return root
                }
            }
            try await chain.expectEachOnce(root)
            try await chain.expectNothingLeft()
            #expect(chain.complaints.isEmpty)
        }
    }

    @Test("A worker beside a node serves its role's mailboxes, and every message is sent once")
    func worker() async throws {
        try await Chain.with { chain in
            let root = try await chain.withTap { tap in
                try await chain.withAgents { _ in
                    let other = try StateFile.open(at: chain.store.path)
                    let roles = Set(chain.organization.levels.map(\.role)).subtracting(["liaison"])
                    let root = try await finally {
                        try await chain.withNode(mailboxes: MailboxSelection(roles: roles)) {
                            try await chain.withNode(
                                instance: 1,
                                store: other,
                                mailboxes: MailboxSelection(roles: ["liaison"]),
                                duties: .worker
                            ) {
                                let root = try await chain.issue()
                                try await chain.awaitState(.completed, of: root)
                                return root
                            }
                        }
                    } then: {
                        try other.close()
                    }
                    Self.expectSentOnce(tap)
                    return root
                }
            }
            try await chain.expectEachOnce(root)
            try await chain.expectNothingLeft()
        }
    }

    @Test("Rows that a dead process had leased are sent at once by a node that starts")
    func deadProcess() async throws {
        try await Chain.with { chain in
            let root = try await Self.issueAsDeadProcess(in: chain)
            try await chain.withNode {
                // A lease lasts half a minute; nobody waits for it to run out.
                try await within(.seconds(10), "the legs arrive") { try await chain.awaitFanOut(of: root) }
            }
        }
    }

    @Test("Rows that a dead process had leased are sent soon by a node that runs beside it")
    func deadNeighbour() async throws {
        try await Chain.with { chain in
            try await chain.withNode {
                let root = try await Self.issueAsDeadProcess(in: chain)
                try await within(.seconds(10), "the legs arrive") { try await chain.awaitFanOut(of: root) }
            }
        }
    }

    /// Issues an order and leaves its mail under the lease of a process that no longer exists.
    private static func issueAsDeadProcess(in chain: Chain) async throws -> AssignmentID {
        let (organization, clock, logger) = (chain.organization, chain.clock, chain.logger)
        let command = Command(id: Chain.newID(), actor: chain.street.office, body: .issue(chain.draft()))
        let root = try await chain.store.write { store in
            let handler = MessageHandler(organization: organization, clock: clock.wall, logger: logger)
            let handled = try handler.perform(command, in: store)
            // Numbers of processes end well below this one.
            let lease = OutboxLease(
                owner: "99999999:1:0",
                until: clock.now.adding(milliseconds: Outbox.leaseMilliseconds)
            )
            _ = try store.enqueue(handled.outgoing, lease: lease, at: clock.now)
            return handled.decision.assignment?.id
        }
        return try #require(root)
    }

    private static func expectSentOnce(_ tap: Tap) {
        let counts = Dictionary(grouping: tap.messages.filter { $0.exchange == ExchangeName.mail }) { message in
            message.properties.messageID
        }
        let repeated = counts.filter { $0.value.count > 1 }.keys
        #expect(repeated.isEmpty, "sent more than once")
        // An issue, an acknowledgement and a completion for every leg.
        #expect(counts.count == 3 * (Street.small.legs - 1))
    }
}

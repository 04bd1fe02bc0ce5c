//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import GridModel
import GridRuntime
import GridStore
import Testing

@Suite("A graceful stop over the real broker", .needsBroker, .brokerLimit)
struct GracefulStopTests {
    private static let reports = 4_000

    @Test("What is in hand is finished: nothing that was handled is delivered again, and nothing is handled twice")
    func finishesWhatIsInHand() async throws {
        try await Chain.with { chain in
            let liaisons = [chain.street.liaison(1, 1, 1), chain.street.liaison(2, 1, 1)]
            let root = try await chain.withNode {
                let root = try await chain.issue()
                try await chain.awaitFanOut(of: root)
                for cell in 1...2 { try await chain.act(.acknowledge, root.leg(cell).leg(1).leg(1)) }
                try await poll("the fan-out is over") { try await chain.waitingMessages().isEmpty }
                return root
            }
            // Counted when nobody handles anything: the news of the acknowledgements may be on its way until then.
            let before = try await chain.store.read { try $0.inboxCount() }
            let legs = (1...2).map { root.leg($0).leg(1).leg(1) }
            let messages = try (0..<Self.reports).map { number in
                try chain.message(
                    .progress,
                    legs[number % 2],
                    as: liaisons[number % 2],
                    ActionBody(note: "已走访 \(number) 户")
                )
            }
            try await chain.publish(messages)
            let mailboxes = MailboxSelection(roles: ["liaison"])
            try await chain.withNode(mailboxes: mailboxes) {
                try await chain.store.eventually("it is in the middle") { try $0.inboxCount() > before + 200 }
            }
            let handled = try await chain.store.read { try $0.inboxCount() } - before
            #expect(handled < Self.reports, "the stop came too late to prove anything")
            let (waiting, redelivered) = try await Self.look(into: mailboxes, of: chain)
            // Acknowledged is what was handled, no more and no less.
            #expect(handled + waiting == Self.reports)
            // Only what the broker had sent ahead comes again: 500 for each of the four mailboxes.
            #expect(redelivered <= 2_000)
            try await chain.withNode {
                try await chain.store.eventually("every report is handled") { store in
                    try legs.allSatisfy { leg in
                        try store.history(under: leg, limit: 10_000).count { $0.event == .progressed }
                            == Self.reports / 2
                    }
                }
            }
        }
    }

    /// Looks at every message that waits in some mailboxes and puts it back.
    private static func look(into mailboxes: MailboxSelection, of chain: Chain) async throws -> (Int, Int) {
        try await AMQPConnection.withConnection(chain.broker, logger: chain.logger) { connection in
            try await connection.withChannel { channel in
                var (waiting, redelivered) = (0, 0)
                for mailbox in mailboxes.mailboxes(in: chain.organization) {
                    while let delivery = try await channel.get(mailbox.name) {
                        // What comes past the exchanges is a node's own probe.
                        if delivery.exchange.isEmpty { continue }
                        waiting += 1
                        redelivered += delivery.isRedelivered ? 1 : 0
                    }
                }
                return (waiting, redelivered)
            }
        }
    }
}

//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import GridModel
import GridRuntime
import GridStore
import Testing

@Suite("A node as gridwork top sees it, over the real broker", .needsBroker, .brokerLimit)
struct TopDeskTests {
    @Test(
        "What waits, what is open, who works and what is dead; and what is not known while the broker does not answer"
    )
    func snapshot() async throws {
        try await Chain.with { chain in
            let mailboxes = MailboxSelection().mailboxes(in: chain.organization)
            let workers = WorkerDesk(store: chain.store, logger: chain.logger)
            let desk = TopDesk(
                store: chain.store,
                broker: chain.broker,
                mailboxes: mailboxes,
                clock: chain.clock.wall,
                logger: chain.logger
            )
            try await chain.withNode {
                _ = try await workers.set(.pause, for: MailboxScope(role: "liaison"))
                let root = try await chain.issue()
                try await poll("the liaisons' mail waits") {
                    try await chain.waitingMessages().values.reduce(0, +) == 16
                }
                var bad = try chain.message(.progress, root, as: chain.street.office)
                bad.body = []
                try await chain.publish([bad])
                _ = try await chain.awaitDeadLetters(1)

                await desk.askBroker()
                let snapshot = try await desk.snapshot()
                #expect(snapshot.broker.problem == nil && snapshot.broker.dead == 1 && snapshot.broker.unrouted == 0)
                #expect(snapshot.mailboxes.map(\.mailbox) == mailboxes.map(\.name))
                #expect(snapshot.mailboxes.reduce(0) { $0 + ($1.backlog ?? 0) } == 16)
                #expect(snapshot.processes.map(\.duties) == ["node"])
                let lights = snapshot.lights.reduce(0) { $0 + $1.green + $1.yellow + $1.red + $1.none }
                let open = try await chain.store.read { try $0.assignments(under: root) }.count
                #expect(lights == open && open > 0)
            }
            var away = chain.broker
            away.addresses = [AMQPAddress(host: "127.0.0.1", port: 9)]
            let deaf = TopDesk(store: chain.store, broker: away, mailboxes: mailboxes, logger: chain.logger)
            await deaf.askBroker()
            let snapshot = try await deaf.snapshot()
            #expect(snapshot.broker.problem != nil && snapshot.broker.dead == nil)
            #expect(snapshot.mailboxes.allSatisfy { $0.backlog == nil })
        }
    }
}

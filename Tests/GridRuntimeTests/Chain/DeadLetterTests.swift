//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import GridModel
import GridRuntime
import GridStore
import Testing

@Suite("Dead letters over the real broker", .needsBroker, .timeLimit(.minutes(10)))
struct DeadLetterTests {
    @Test("A letter is listed as often as it is looked at, replayed once its fault is mended, and discarded for good")
    func listedReplayedDiscarded() async throws {
        try await Chain.with { chain in
            let larger = Street(communities: 3, cells: 2, groups: 2, liaisons: 2)
            let newcomer = larger.liaison(5, 1, 1)
            try await chain.withNode {
                // Mail for a cell that the organization does not have yet, and a message that nothing will mend.
                let id = try #require(AssignmentID("999999001-20261101-0001.5.1.1"))
                var mail = try chain.message(
                    .acknowledge,
                    id,
                    as: chain.street.liaison(1, 1, 1),
                    id: Chain.id("mendable")
                )
                let code = newcomer.code
                mail.routingKey = "cell.\(code.digits.prefix(15)).liaison.\(code).acknowledge"
                mail.properties.headers["ce-source"] = .string(newcomer.description)
                var bad = try chain.message(
                    .acknowledge,
                    id,
                    as: chain.street.liaison(1, 1, 1),
                    id: Chain.id("hopeless")
                )
                bad.body = Array("?".utf8)
                try await chain.publish([mail, bad])
                let letters = try await chain.awaitDeadLetters(2)
                #expect(try await Set(chain.deadLetters.letters()) == Set(letters))
                let unrouted = try #require(letters.first { $0.queue == ExchangeName.unrouted })
                let dead = try #require(letters.first { $0.queue == ExchangeName.dead })
                #expect(unrouted.message.messageID == "mendable")
                #expect(unrouted.reason.contains("no queue was bound"))
                #expect(dead.message.messageID == "hopeless")
                #expect(dead.at != nil)

                #expect(try await chain.deadLetters.replay("0000000000000000") == .notFound)
                // Replayed too early it comes back, under the same key.
                #expect(try await chain.deadLetters.replay(unrouted.key) == .done)
                #expect(try await chain.awaitDeadLetters(2).map(\.key).sorted() == letters.map(\.key).sorted())

                let file = try larger.file()
                _ = try await chain.store.write { try $0.saveOrganization(file, at: chain.clock.now) }
                try await poll("the new mailbox is served") {
                    try await chain.isServed("cell.\(code.digits.prefix(15)).liaison")
                }
                #expect(try await chain.deadLetters.replay(unrouted.key) == .done)
                try await chain.store.eventually("it is handled: it waits for its assignment") {
                    try $0.parkedCount() == 1
                }
                #expect(try await chain.deadLetters.letters() == [dead])
                #expect(try await chain.deadLetters.discard(dead.key) == .done)
                #expect(try await chain.deadLetters.letters().isEmpty)
            }
        }
    }

    @Test("A message that the broker gave up after its delivery limit is kept, and can be replayed to its mailbox")
    func deliveryLimit() async throws {
        try await Chain.with { chain in
            let root = try await chain.withNode {
                let root = try await chain.issue()
                try await chain.awaitFanOut(of: root)
                return root
            }
            let leg = root.leg(1).leg(1).leg(1)
            let liaison = chain.street.liaison(1, 1, 1)
            try await chain.publish([chain.message(.acknowledge, leg, as: liaison, id: Chain.id("unlucky"))])
            // A process that crashes over it again and again looks like this to the broker.
            let mailbox = try #require(chain.organization.mailbox(of: liaison)).name
            let deliveries = try await chain.rejectUntilGone(mailbox)
            #expect(deliveries > 20)
            let letter = try #require(try await chain.awaitDeadLetters(1).first)
            #expect(letter.reason == "the broker gave it up: delivery_limit")
            #expect(letter.origin == mailbox)
            #expect(letter.message.messageID == "unlucky")
            #expect(letter.message.exchange == ExchangeName.commands)
            #expect(try await chain.deadLetters.replay(letter.key) == .done)
            try await chain.withNode {
                try await chain.awaitState(.accepted, of: leg)
            }
            #expect(try await chain.deadLetters.letters().isEmpty)
        }
    }
}

extension Chain {
    fileprivate func isServed(_ name: String) async throws -> Bool {
        try await AMQPConnection.withConnection(broker, logger: logger) { connection in
            do {
                return try await connection.withChannel { try await $0.status(ofQueue: name).consumerCount > 0 }
            } catch let error as AMQPError where error.replyCode == 404 {
                return false
            }
        }
    }

    /// Takes a queue's messages and puts them back until the broker has none left, and counts how often.
    fileprivate func rejectUntilGone(_ queue: String) async throws -> Int {
        try await AMQPConnection.withConnection(broker, logger: logger) { connection in
            try await connection.withChannel { channel in
                var deliveries = 0
                while deliveries < 100, let delivery = try await channel.get(queue) {
                    deliveries += 1
                    try await channel.reject(delivery.deliveryTag, requeue: true)
                }
                return deliveries
            }
        }
    }
}

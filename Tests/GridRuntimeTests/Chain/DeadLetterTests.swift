//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import Foundation
import GridModel
import GridRuntime
import GridStore
import Synchronization
import Testing

@Suite("Dead letters over the real broker", .needsBroker, .brokerLimit)
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
                #expect(unrouted.problem.detail.contains("no queue was bound"))
                #expect(dead.message.messageID == "hopeless")
                #expect(unrouted.problem.kind == "unrouted" && unrouted.problem.attempts == 0)
                #expect(dead.problem.type == "https://gridwork.example/problems/bad-message")
                #expect(dead.problem.title == "The message does not fit its schema")
                #expect(dead.problem.instance == "https://gridwork.example/dead-letters/\(dead.key)")
                #expect(dead.problem.attempts == 1)
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

    @Test("Letters are replayed by filter and at a rate, after a rehearsal that changes nothing")
    func replayedByFilter() async throws {
        try await Chain.with { chain in
            let root = try await chain.withNode {
                let root = try await chain.issue()
                try await chain.awaitFanOut(of: root)
                // Four that died over their schema, in two mailboxes.
                let liaisons = [(1, 1, 1), (1, 1, 2), (1, 2, 1), (2, 1, 1)]
                for (cell, group, point) in liaisons {
                    let leg = root.leg(cell).leg(group).leg(point)
                    var bad = try chain.message(
                        .acknowledge,
                        leg,
                        as: chain.street.liaison(cell, group, point),
                        id: Chain.id("bad-\(cell)-\(group)-\(point)")
                    )
                    bad.properties.headers["ce-specversion"] = "2.0"
                    try await chain.publish([bad])
                }
                _ = try await chain.awaitDeadLetters(liaisons.count)
                return root
            }
            let letters = try await chain.deadLetters.letters()
            let mailbox = try #require(chain.organization.mailbox(of: chain.street.liaison(1, 1, 1))).name
            let filter = DeadLetterFilter(reasons: ["bad-message"], mailbox: mailbox, until: chain.clock.now)
            #expect(try await chain.deadLetters.letters(filter).count == 3)

            let seen = Mutex<[String]>([])
            try await chain.deadLetters.replay(filter, isRehearsal: true) { letter, _ in
                seen.withLock { $0.append(letter.message.messageID) }
            }
            #expect(Set(seen.withLock(\.self)) == ["bad-1-1-1", "bad-1-1-2", "bad-1-2-1"])
            #expect(try await Set(chain.deadLetters.letters()) == Set(letters))

            let began = ContinuousClock.now
            try await chain.deadLetters.replay(filter, rate: 10) { _, result in #expect(result == .done) }
            #expect(ContinuousClock.now - began >= .milliseconds(200), "three letters at ten a second")
            #expect(try await chain.deadLetters.letters().map(\.message.messageID) == ["bad-2-1-1"])
            // They lie in their original mailbox under their own identifiers, and die again of the same.
            let waiting = try await chain.waitingMessages()
            #expect(waiting[mailbox] == 3)
            try await chain.withNode {
                let again = try await chain.awaitDeadLetters(4)
                #expect(Set(again.map(\.key)) == Set(letters.map(\.key)))
            }
            #expect(try await chain.assignment(root)?.state == .accepted)
        }
    }

    @Test("The doctor warns of dead letters, and calls it an error when they lie for more than a day")
    func ageing() async throws {
        try await Chain.with { chain in
            var bad = try chain.message(
                .acknowledge,
                try #require(AssignmentID("999999001-20261101-0001.1.1.1")),
                as: chain.street.liaison(1, 1, 1)
            )
            bad.body = []
            let message = bad
            try await chain.withNode {
                try await chain.publish([message])
                _ = try await chain.awaitDeadLetters(1)
                let doctor = Doctor(broker: chain.broker, clock: chain.clock.wall, logger: chain.logger)
                func finding() async throws -> DoctorFinding {
                    try #require(await doctor.examine(chain.store).first { $0.check == ExchangeName.dead })
                }
                #expect(try await finding().level == .warning)
                #expect(try await finding().finding == "1 messages, the oldest for 0 min")
                chain.clock.advance(milliseconds: 25 * 3_600_000)
                #expect(try await finding().level == .error)
                #expect(try await finding().finding == "1 messages, the oldest for 25 h")
            }
        }
    }

    @Test("Nothing expires: by arguments and policies, the queues that a node declares keep what lies in them")
    func kept() async throws {
        /// A name, a type or a value of an argument.
        enum Part: Decodable, Equatable {
            case text(String)
            case number(Int)

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                do {
                    self = .text(try container.decode(String.self))
                } catch DecodingError.typeMismatch {
                    self = .number(try container.decode(Int.self))
                }
            }
        }
        struct Queue: Decodable {
            let name: String
            let policy: String
            let arguments: [[Part]]
        }
        try await Chain.with { chain in
            try await chain.withNode {}
            let columns = ["name", "policy", "arguments"]
            let vhost = ["-p", chain.broker.virtualHost]
            let text = try await chain.server.control(["-q", "--formatter", "json", "list_queues"] + vhost + columns)
            let queues = try JSONDecoder().decode([Queue].self, from: Data(text.utf8))
            let names = Set(queues.map(\.name))
            #expect(names.isSuperset(of: MailboxSelection().mailboxes(in: chain.organization).map(\.name)))
            #expect(names.isSuperset(of: [ExchangeName.dead, ExchangeName.unrouted]))
            let quorum = ["x-queue-type", "longstr", "quorum"].map(Part.text)
            for queue in queues where !["gridwork.files", "amq."].contains(where: queue.name.hasPrefix) {
                #expect(queue.arguments == [quorum], "\(queue.name)")
            }
            for queue in queues where [ExchangeName.dead, ExchangeName.unrouted].contains(queue.name) {
                #expect(queue.policy == "", "\(queue.name)")
            }
        }
    }

    @Test("The command line lists, shows and replays letters, and says beforehand what it would replay")
    func commandLine() async throws {
        try await Chain.with { chain in
            try await chain.withNode {
                var bad = try chain.message(
                    .acknowledge,
                    try #require(AssignmentID("999999001-20261101-0001.1.1.1")),
                    as: chain.street.liaison(1, 1, 1),
                    id: Chain.id("bad")
                )
                bad.body = []
                try await chain.publish([bad])
                let key = try #require(try await chain.awaitDeadLetters(1).first).key
                let shown = try await chain.gridwork(["dead", "show", key]).output
                #expect(shown.contains("type: https://gridwork.example/problems/bad-message"))
                #expect(shown.contains("attempts: 1") && shown.contains("message id: bad"))
                #expect(try await chain.gridwork(["dead", "list", "--reason", "crashed"]).output.contains("No dead"))
                #expect(try await chain.gridwork(["dead", "list", "--newer-than", "PT1H"]).output.contains(key))
                let rehearsal = try await chain.gridwork(["dead", "replay", "--reason", "bad-message", "--dry-run"])
                #expect(rehearsal.output.contains("Would replay \(key), bad-message"))
                #expect(rehearsal.output.contains("Would replay 1 dead letters."))
                let replay = try await chain.gridwork(["dead", "replay", "--all", "--rate", "5", "--json"])
                #expect(replay.output.contains("\"replayed\":[\"\(key)\"]") && replay.output.contains("\"failed\":[]"))
                _ = try await chain.gridwork(["dead", "replay"], expecting: 64)
                _ = try await chain.gridwork(["dead", "replay", "--reason", "boredom"], expecting: 64)
                _ = try await chain.awaitDeadLetters(1)
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
            #expect(letter.problem.detail == "the broker gave it up: delivery_limit")
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

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

@Suite("What people write, over the real broker", .needsBroker, .brokerLimit)
struct LogSilenceTests {
    /// A text that stands for one kind of what may not be told.
    private static func said(_ kind: String) -> String { "〈\(kind)〉" }

    private static let note = ActionBody(note: said("note"))

    @Test("Nothing of it is in the log at any level, whether it is handled, refused, dead-lettered or unrouted")
    func silence() async throws {
        try await Chain.with { quiet in
            let chain = quiet.with(logLevel: .trace)
            try await chain.withAgents("group-leader@*") { _ in
                try await chain.withNode {
                    var draft = chain.draft()
                    (draft.title, draft.body) = (Self.said("title"), Self.said("body"))
                    let root = try await chain.issue(draft)
                    try await chain.awaitFanOut(of: root)
                    let (leg, liaison) = (root.leg(1).leg(1).leg(1), chain.street.liaison(1, 1, 1))
                    try await chain.publish([
                        chain.message(.acknowledge, leg, as: liaison, Self.note),
                        chain.message(.progress, leg, as: liaison, Self.note),
                        chain.message(.escalate, leg, as: liaison, Self.note),
                    ])
                    try await chain.store.eventually("the escalation is answered") { store in
                        try store.history(under: leg, limit: 100).contains { $0.event == .escalationAnswered }
                    }
                    let refused = chain.street.liaison(1, 1, 2)
                    let bad = try Self.badMessages(from: chain.message(.progress, leg, as: liaison, Self.note))
                    try await chain.publish(
                        bad + [
                            chain.message(.complete, leg, as: refused, Self.note),
                            chain.message(.complete, leg, as: liaison, Self.note),
                        ]
                    )
                    try await chain.awaitState(.completed, of: leg)
                    _ = try await chain.awaitDeadLetters(bad.count)
                    try await chain.awaitLog("A message does not fit its schema")
                }
            }
            #expect(
                chain.log.entries.contains { $0.level == .trace } || chain.log.entries.contains { $0.level == .debug }
            )
            for entry in chain.log.entries {
                let line = "\(entry.message) \(entry.metadata) \(entry.error.map { String(reflecting: $0) } ?? "")"
                #expect(!line.contains("〈"), "\(line)")
            }
        }
    }

    /// Messages that cannot be read, each with words of somebody's where it is wrong.
    private static func badMessages(from good: AMQPMessage) -> [AMQPMessage] {
        let bodies = [
            "{\"note\": \"\(said("cut off"))", "\"\(said("text"))\"", "[\"\(said("list"))\"]",
            "{\"note\": [\"\(said("nested"))\"]}", "{\"\(said("member"))\": 1}",
            "{\"assignment\": \"\(said("number"))\"}",
        ]
        var unrouted = good
        unrouted.routingKey = "nowhere.\(said("key"))"
        return bodies.enumerated().map { number, body in
            var message = good
            message.properties.messageID = "bad-\(number)"
            message.body = Array(body.utf8)
            return message
        } + [unrouted]
    }
}

//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import GridModel
import GridRuntime
import GridStore
import Testing

@Suite("Bad input over the real broker", .needsBroker, .brokerLimit)
struct BadInputTests {
    @Test("What does not fit its schema is dead-lettered with the reason, its sender is told, and the rest goes on")
    func deadLettered() async throws {
        try await Chain.with { chain in
            try await chain.withTap { tap in
                try await chain.withNode {
                    let root = try await chain.issue()
                    try await chain.awaitFanOut(of: root)
                    let leg = root.leg(1).leg(1).leg(1)
                    let liaison = chain.street.liaison(1, 1, 1)
                    let cases = try BadMessages(chain: chain, post: liaison, assignment: leg).all
                    // Bad and good ones in turn: a bad one fails alone, in whatever transaction it comes.
                    try await chain.publish(
                        cases.map(\.message).flatMap { bad in
                            [
                                bad,
                                try chain.message(
                                    .progress,
                                    leg.sibling(2),
                                    as: chain.street.liaison(1, 1, 2),
                                    Self.note
                                ),
                            ]
                        } + [chain.message(.complete, leg, as: liaison)]
                    )
                    let letters = try await chain.awaitDeadLetters(cases.count)
                    for bad in cases {
                        let letter = letters.first { $0.message.headers[BadMessages.mark] == bad.name }
                        #expect(
                            letter?.problem.detail.contains(bad.reason) == true,
                            "\(bad.name): \(letter?.problem.detail ?? "no letter")"
                        )
                        #expect(letter?.origin == bad.queue, "\(bad.name)")
                        #expect(letter?.message.routingKey == bad.message.routingKey, "\(bad.name)")
                        #expect(letter?.message.body == bad.message.body, "\(bad.name)")
                    }
                    try await chain.awaitState(.completed, of: leg)
                    for bad in cases where bad.isRefused {
                        try await Self.refusal(of: bad.name, .invalid, in: tap, chain)
                    }
                    let told = Set(tap.messages(of: .refused).compactMap(\.properties.messageID))
                    let untold = cases.filter { !$0.isRefused && Self.isTold($0.name, in: told) }
                    #expect(untold.isEmpty)
                    try await chain.store.eventually("the good ones are handled") { store in
                        try store.history(under: leg.sibling(2), limit: 1_000).count { $0.event == .refused }
                            == cases.count
                    }
                }
            }
        }
    }

    @Test("A command that the rules do not allow goes back to its sender with the reason, and dies nowhere")
    func refused() async throws {
        try await Chain.with { chain in
            try await chain.withTap { tap in
                try await chain.withNode {
                    let root = try await chain.issue()
                    try await chain.awaitFanOut(of: root)
                    let leg = root.leg(1).leg(1).leg(1)
                    let (liaison, neighbour) = (chain.street.liaison(1, 1, 1), chain.street.liaison(1, 1, 2))
                    try await chain.publish([
                        chain.message(.acknowledge, leg, as: neighbour, id: Chain.id("not-yours")),
                        chain.message(.signOff, leg, as: liaison, id: Chain.id("not-issued-by-you")),
                        chain.message(.progress, leg, as: liaison, Self.note, id: Chain.id("not-acknowledged")),
                        chain.message(.return, leg, as: liaison, id: Chain.id("no-reason-given")),
                        chain.message(
                            .complete,
                            root.leg(1),
                            as: chain.street.cellLeader(1),
                            id: Chain.id("legs-open")
                        ),
                        chain.message(
                            Command(
                                id: Chain.id("unknown-cell"),
                                actor: chain.street.office,
                                body: .issue(chain.draft(scope: ["999999001009009"]))
                            )
                        ),
                        chain.message(
                            Command(
                                id: Chain.id("in-the-past"),
                                actor: chain.street.office,
                                body: .issue(chain.draft(dueAt: .at(chain.clock.now.adding(milliseconds: -1))))
                            )
                        ),
                    ])
                    let expected: [(String, RefusalReason)] = [
                        ("not-yours", .notYours), ("not-issued-by-you", .notYours), ("not-acknowledged", .wrongState),
                        ("no-reason-given", .invalid), ("legs-open", .legsOpen), ("unknown-cell", .invalid),
                        ("in-the-past", .invalid),
                    ]
                    for (command, reason) in expected {
                        try await Self.refusal(of: command, reason, in: tap, chain)
                    }
                    try await chain.completeLeaves(under: root)
                    try await chain.awaitState(.completed, of: root)
                }
            }
            try await chain.expectNothingLeft()
        }
    }

    @Test("A command for an assignment that never comes is refused after a minute")
    func unknownAssignment() async throws {
        try await Chain.with { chain in
            try await chain.withTap { tap in
                try await chain.withNode {
                    let id = try #require(AssignmentID("999999001-20261101-0001.1.1.1"))
                    try await chain.publish([
                        chain.message(.acknowledge, id, as: chain.street.liaison(1, 1, 1), id: Chain.id("too-early"))
                    ])
                    try await chain.store.eventually("it waits") { try $0.parkedCount() == 1 }
                    try await chain.advance(milliseconds: 59_000)
                    #expect(try await chain.store.read { try $0.parkedCount() } == 1)
                    try await chain.advance(milliseconds: 1_500)
                    try await Self.refusal(of: "too-early", .unknownAssignment, in: tap, chain)
                }
            }
            try await chain.expectNothingLeft()
        }
    }

    @Test("A sign-off that no report comes for is refused after a minute, with the state that stood in the way")
    func signOffWithoutReport() async throws {
        try await Chain.with { chain in
            try await chain.withTap { tap in
                try await chain.withNode {
                    let root = try await chain.issue()
                    try await chain.awaitFanOut(of: root)
                    let leg = root.leg(1).leg(1).leg(1)
                    try await chain.publish([
                        chain.message(.signOff, leg, as: chain.street.groupLeader(1, 1), id: Chain.id("too-early"))
                    ])
                    try await chain.store.eventually("it waits") { try $0.parkedCount() == 1 }
                    try await chain.advance(milliseconds: 61_000)
                    try await Self.refusal(of: "too-early", .wrongState, in: tap, chain)
                }
            }
        }
    }

    @Test("A command for an assignment that never comes does not wait for hours where the clock was set back")
    func unknownAssignmentAndClockSetBack() async throws {
        try await Chain.with { chain in
            try await chain.withTap { tap in
                try await chain.withNode {
                    let id = try #require(AssignmentID("999999001-20261101-0001.1.1.1"))
                    try await chain.publish([
                        chain.message(.acknowledge, id, as: chain.street.liaison(1, 1, 1), id: Chain.id("too-early"))
                    ])
                    try await chain.store.eventually("it waits") { try $0.parkedCount() == 1 }
                    try await chain.advance(milliseconds: -10 * 3_600_000)
                    try await Self.refusal(of: "too-early", .unknownAssignment, in: tap, chain)
                }
            }
            try await chain.expectNothingLeft()
        }
    }

    @Test("Messages made to harm are read or set aside, and nothing is stuck")
    func hostile() async throws {
        try await Chain.with { chain in
            try await chain.withNode {
                let root = try await chain.issue()
                try await chain.awaitFanOut(of: root)
                let leg = root.leg(1).leg(1).leg(1)
                let liaison = chain.street.liaison(1, 1, 1)
                try await chain.act(.acknowledge, leg)
                _ = try await Program.run(
                    Program.python,
                    [
                        Program.projectFile("deploy/checks/hostile.py"),
                        chain.server.url(vhost: chain.broker.virtualHost), chain.prefix(of: liaison),
                        liaison.description, leg.text,
                    ]
                )
                try await chain.store.eventually("the deep one, sound but for its header, is handled") { store in
                    try store.history(under: leg, limit: 100).contains { $0.event == .progressed && $0.note == "deep" }
                }
                let letters = try await chain.awaitDeadLetters(3)
                let names = letters.map { $0.message.headers["x-case"] }
                #expect(Set(names) == ["identifier", "names", "wide"])
                #expect(letters.count == 3)
                try await chain.completeLeaves(under: root)
                try await chain.awaitState(.completed, of: root)
            }
            try await chain.expectNothingLeft(deadLetters: 3)
        }
    }

    @Test("A body of ten megabytes is refused by the broker as it is set up, and its neighbours flow")
    func refusedByBroker() async throws {
        try await Chain.with { chain in
            try await chain.withNode {
                let root = try await chain.issue()
                try await chain.awaitFanOut(of: root)
                await #expect { try await chain.publish([Self.huge(in: chain, root)]) } throws: { error in
                    "\(error)".contains("message size 10000000 is larger than configured max size 1048576")
                }
                try await chain.completeLeaves(under: root)
                try await chain.awaitState(.completed, of: root)
                try await chain.expectEachOnce(root)
            }
            try await chain.expectNothingLeft()
        }
    }

    @Test("A body of ten megabytes that a broker lets pass is dead-lettered, and its neighbours flow")
    func passedByBroker() async throws {
        try await Chain.withOwnBroker { chain in
            // For channels that are opened from now on.
            try await chain.server.control(["eval", "application:set_env(rabbit, max_message_size, 16777216)."])
            try await chain.withNode {
                let root = try await chain.issue()
                try await chain.awaitFanOut(of: root)
                let huge = try Self.huge(in: chain, root)
                try await chain.publish([huge])
                let letters = try await chain.awaitDeadLetters(1)
                #expect(letters[0].problem.detail.contains("the body has 10000000 bytes"))
                #expect(letters[0].message.body == huge.body)
                try await chain.completeLeaves(under: root)
                try await chain.awaitState(.completed, of: root)
                try await chain.expectEachOnce(root)
            }
            try await chain.expectNothingLeft(deadLetters: 1)
        }
    }

    /// A command to complete the first leaf, of ten megabytes.
    private static func huge(in chain: Chain, _ root: AssignmentID) throws -> AMQPMessage {
        var message = try chain.message(.complete, root.leg(1).leg(1).leg(1), as: chain.street.liaison(1, 1, 1))
        message.body = [UInt8](repeating: 0x20, count: 10_000_000)
        return message
    }

    private static let note = ActionBody(note: "已走访")

    /// Whether the refusal of a command, named after its sender and its identifier, is among mail.
    private static func isTold(_ command: String, in identifiers: Set<String>) -> Bool {
        identifiers.contains { $0.hasSuffix("/\(command)/1") }
    }

    /// Waits until the post that sent a command has been told why it was refused.
    private static func refusal(
        of command: String,
        _ reason: RefusalReason,
        in tap: Tap,
        _ chain: Chain
    ) async throws {
        let mail = try await tap.first("\(command) is refused") { delivery in
            delivery.properties.type == MailEvent.refused.type
                && isTold(command, in: [delivery.properties.messageID ?? ""])
        }
        guard case .refused(let body) = try MailCodec().decode(StoredMessage(mail), in: chain.organization).body else {
            Issue.record("\(command): not a refusal")
            return
        }
        #expect(body.command == command)
        #expect(body.reason == reason, "\(command)")
        #expect(!body.detail.isEmpty, "\(command)")
    }
}

extension AssignmentID {
    /// Another leg of the same parent.
    fileprivate func sibling(_ ordinal: Int) -> AssignmentID {
        parent?.leg(ordinal) ?? self
    }
}

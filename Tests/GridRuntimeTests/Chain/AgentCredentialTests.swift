//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import Foundation
import GridModel
import GridRuntime
import GridStore
import Testing

// Users are the broker's, not the vhost's, and all streets of the tests have the same posts: one test at a time.
@Suite("Agents' credentials over the real broker", .needsBroker, .serialized, .brokerLimit)
struct AgentCredentialTests {
    @Test("An agent with a credential of its own carries an assignment from issue to completion")
    func completes() async throws {
        try await Chain.with { chain in
            try await chain.withNode {
                let liaison = chain.street.liaison(1, 1, 1)
                try await chain.withCredentials(of: [liaison]) { credentials in
                    let agent = try RunningProgram(
                        Program.python,
                        [Program.projectFile("deploy/checks/agent.py"), try #require(credentials.first).url]
                            + [try chain.mailbox(of: liaison), liaison.code.digits]
                            + ["acknowledge", "progress=已走访 12 户", "complete=已办结"],
                        folder: chain.folder
                    )
                    try await agent.awaits("ready")
                    let leg = try await chain.issue().leg(1).leg(1).leg(1)
                    let status = try await agent.end()
                    let (output, errors) = (try agent.output(), try agent.errors())
                    #expect(status == 0, "\(output)\(errors)")
                    try await chain.awaitState(.completed, of: leg)
                    let history = try await chain.store.read { try $0.history(under: leg, limit: 100) }
                    #expect(history.map(\.event) == [.issued, .acknowledged, .progressed, .completed])
                    #expect(history.dropFirst().allSatisfy { $0.actor == liaison })
                }
            }
        }
    }

    @Test("A credential allows what lies in its own queue and its own post's commands, and nothing else")
    func intrusion() async throws {
        try await Chain.with { chain in
            let (own, other) = (chain.street.liaison(1, 1, 1), chain.street.liaison(3, 1, 1))
            try await chain.withNode {
                try await chain.withCredentials(of: [own, other]) { credentials in
                    let root = try await chain.issue()
                    try await chain.awaitFanOut(of: root)
                    let arguments = [
                        credentials[0].url, try chain.prefix(of: own), credentials[1].url, try chain.prefix(of: other),
                        try await chain.managementURL(),
                    ]
                    let result = try await Program.run(
                        Program.python,
                        [Program.projectFile("deploy/checks/intruder.py")] + arguments
                    )
                    let attempts = try result.output.split(separator: "\n").map { line in
                        try JSONDecoder().decode(Attempt.self, from: Data(line.utf8))
                    }
                    #expect(attempts.count >= 150)
                    let allowed = attempts.filter { $0.outcome == "allowed" }.map(\.attempt)
                    #expect(Set(allowed) == Self.leaks)
                    // Refused by the broker, not for want of what was asked for.
                    let codes = ["403", "406", "530", "HTTP Error 401", "HTTP Error 403", "ProbableA"]
                    for attempt in attempts where attempt.outcome == "refused" {
                        #expect(codes.contains { attempt.answer.contains($0) }, "\(attempt)")
                    }
                    // Whatever was allowed changed nothing of anybody else's.
                    try await chain.awaitQuiet()
                    for leg in try await chain.store.read({ try $0.assignments(under: root) }) where leg.post != own {
                        let history = try await chain.store.read { try $0.history(under: leg.id, limit: 100) }
                        #expect(history.allSatisfy { $0.actor != own || $0.assignment != leg.id }, "\(leg.id)")
                    }
                    #expect(try await chain.assignment(root.leg(3).leg(1).leg(1))?.state == .issued)
                }
            }
        }
    }

    @Test("The doctor tries what each credential may do, finds nothing, and finds a rule that somebody forgot")
    func doctor() async throws {
        try await Chain.with { chain in
            let liaison = chain.street.liaison(1, 1, 1)
            let environment = ["GRIDWORK_AMQP_MANAGEMENT_URL": try await chain.managementURL()]
            let sound = try await chain.gridwork(["doctor", "permissions"], environment: environment, expecting: 0)
            #expect(!sound.output.contains("error") && sound.output.contains("take a message from a mailbox"))
            // What was made for it is gone.
            let users = try await chain.credential(["list", "--json"]).output
            #expect(!users.contains("@"))
            try await chain.withCredentials(of: [liaison]) { credentials in
                let url = try #require(credentials.first).url
                let arguments = ["doctor", "permissions", "--agent", url, "--json"]
                _ = try await chain.gridwork(arguments, environment: environment, expecting: 0)
                let name = AgentAccount.name(of: liaison)
                try await chain.server.control(["clear_topic_permissions", "-p", chain.broker.virtualHost, name])
                let broken = try await chain.gridwork(arguments, environment: environment, expecting: 1)
                let trial = #"{"attempt":"give a command for another post","credential":"agent","expected":"refused","#
                #expect(broken.output.contains(trial + #""outcome":"allowed"}"#), "\(broken.output)")
            }
            #expect(try await chain.deadLetters.letters().isEmpty)
        }
    }

    @Test(
        "A command of another user, or of nobody, is set aside, told to the post, and not carried out when it is replayed"
    )
    func otherUser() async throws {
        try await Chain.with { chain in
            try await chain.withTap { tap in
                try await chain.withNode {
                    let (victim, other) = (chain.street.liaison(1, 1, 1), chain.street.liaison(1, 1, 2))
                    try await chain.withCredentials(of: [other]) { credentials in
                        let leg = try await chain.issue().leg(1).leg(1).leg(1)
                        try await chain.awaitState(.issued, of: leg)
                        // As it is where somebody made the user by hand and forgot the rules for keys.
                        let name = AgentAccount.name(of: other)
                        try await chain.server.control([
                            "clear_topic_permissions", "-p", chain.broker.virtualHost, name,
                        ])
                        var forged = try chain.message(.acknowledge, leg, as: victim, id: Chain.id("forged"))
                        forged.properties.userID = name
                        // What the node writes there for a replay is overwritten.
                        forged.properties.headers["gridwork-user"] = .string(AgentAccount.name(of: victim))
                        var anonymous = try chain.message(.acknowledge, leg, as: victim, id: Chain.id("anonymous"))
                        anonymous.properties.userID = nil
                        try await chain.publish([forged, anonymous], by: try #require(credentials.first))
                        var letters = try await chain.awaitDeadLetters(2)
                        try await tap.first("the post is told") { $0.properties.type == MailEvent.refused.type }
                        for letter in letters {
                            #expect(try await chain.deadLetters.replay(letter.key) == .done)
                        }
                        letters = try await chain.awaitDeadLetters(2)
                        let details = Set(letters.map(\.problem.detail))
                        #expect(
                            details == [
                                "the user \(name) may not send commands of \(victim); \(AgentAccount.name(of: victim)) may",
                                "the property user_id is missing; it has to be \(AgentAccount.name(of: victim)), the user"
                                    + " logged in",
                            ]
                        )
                        #expect(try await chain.assignment(leg)?.state == .issued)
                        // The same command, sent by who may, is taken.
                        try await chain.publish([chain.message(.acknowledge, leg, as: victim)])
                        try await chain.awaitState(.accepted, of: leg)
                    }
                }
            }
        }
    }

    @Test("A bad command that names further routes is dead-lettered like any other, and holds nothing up")
    func furtherRoutes() async throws {
        try await Chain.with { chain in
            try await chain.withNode {
                let leg = try await chain.issue().leg(1).leg(1).leg(1)
                try await chain.awaitState(.issued, of: leg)
                let liaison = chain.street.liaison(1, 1, 1)
                var bad = try chain.message(.acknowledge, leg, as: liaison, id: Chain.id("bad"))
                bad.body = Array("?".utf8)
                bad.properties.headers["CC"] = .array([.string("nowhere.acknowledge")])
                try await chain.publish([bad, chain.message(.acknowledge, leg, as: liaison)])
                try await chain.awaitState(.accepted, of: leg)
                let letters = try await chain.awaitDeadLetters(1)
                #expect(letters.map(\.message.messageID) == ["bad"])
                #expect(!chain.complaints.contains { $0.contains("channel") })
            }
        }
    }

    @Test("Marks that a sender put on a message are not believed when nobody took it")
    func ownMarks() async throws {
        try await Chain.with { chain in
            try await chain.declareTopology()
            var message = try chain.message(
                .acknowledge,
                try #require(AssignmentID("999999001-20261101-0001.1.1.1")),
                as: chain.street.liaison(1, 1, 1)
            )
            message.routingKey = "cell.999999001009009.liaison.99999900100900901001.acknowledge"
            message.properties.headers["gridwork-dead-exchange"] = .string(ExchangeName.mail)
            message.properties.headers["gridwork-dead-routing-key"] = "cell.999999001001001.liaison.x.issued"
            try await chain.publish([message])
            let letter = try #require(try await chain.awaitDeadLetters(1).first)
            #expect(letter.queue == ExchangeName.unrouted)
            #expect(letter.message.exchange == ExchangeName.commands)
            #expect(letter.message.routingKey == message.routingKey)
        }
    }

    @Test("Credentials are listed with what is wrong with them, renewed and revoked, and what used them is cut off")
    func life() async throws {
        try await Chain.with { chain in
            try await chain.declareTopology()
            let liaison = chain.street.liaison(1, 1, 1)
            try await chain.withCredentials(of: [liaison]) { credentials in
                let first = try #require(credentials.first)
                let name = AgentAccount.name(of: liaison)
                #expect(first.user == name && first.password.count == 32 && first.queue == name)
                #expect(try await chain.credential(["list", "--json"]).output.contains(#""isSound":true"#))
                let again = try await chain.credential(["create", liaison.text], expecting: 1)
                #expect(again.errors.contains("--renew") && !again.errors.contains(first.password))
                let unknown = try await chain.credential(["create", "liaison@99999900100900901001"], expecting: 66)
                #expect(unknown.errors.contains("there is no post"))

                try await chain.server.control(["clear_topic_permissions", "-p", chain.broker.virtualHost, name])
                #expect(try await chain.credential(["list"]).output.contains("differ"))
                let second = try await chain.makeCredential(of: liaison)
                #expect(second.password != first.password)
                #expect(try await chain.credential(["list"]).output.contains("as they should be"))
                await #expect(throws: (any Error).self) { try await chain.publish([], by: first) }

                try await chain.publish([], by: second)
                _ = try await chain.credential(["revoke", liaison.text])
                await #expect(throws: (any Error).self) { try await chain.publish([], by: second) }
                #expect(
                    try await chain.credential(["revoke", liaison.text], expecting: 66).errors.contains("no credential")
                )
                #expect(
                    try await !chain.server.control(["list_queues", "-p", chain.broker.virtualHost]).contains(name)
                )
            }
        }
    }

    @Test("What keeps a credential from being made is told as the setting to change")
    func unreachable() async throws {
        try await Chain.with { chain in
            let command = ["agent-credential", "create", chain.street.office.text]
            for (url, status, words) in [
                ("http://guest:guest@127.0.0.1:1", Int32(69), "rabbitmq_management"),
                ("amqp://guest:secret@127.0.0.1", 78, "amqp.managementURL"),
                (try await chain.managementURL().replacing("guest:guest", with: "guest:secret"), 78, "administrator"),
            ] {
                let result = try await chain.gridwork(
                    command,
                    environment: ["GRIDWORK_AMQP_MANAGEMENT_URL": url],
                    expecting: status
                )
                #expect(result.errors.contains(words))
                #expect(!result.errors.contains("secret"))
            }
        }
    }

    private struct Attempt: Decodable {
        let attempt: String
        let outcome: String
        let answer: String
    }

    /// All that is allowed; `schemas/README.md` tells of it.
    private static let leaks: Set<String> = [
        "publish a command of its own", "publish a command without user_id",
        "publish its own command with CC to another's key", "publish its own command with BCC to another's key",
        "get from its own queue", "consume its own queue", "purge its own queue", "see the depth of its own queue",
        "see the depth of MAILBOX", "see the depth of OTHER-MAILBOX", "see the depth of OTHER-QUEUE",
        "see the depth of gridwork.dead", "see the depth of gridwork.unrouted",
        "see that there is the exchange gridwork", "see that there is the exchange gridwork.commands",
        "see that there is the exchange gridwork.dead", "see that there is the exchange gridwork.unrouted",
        "ask for direct replies to itself",
    ]
}

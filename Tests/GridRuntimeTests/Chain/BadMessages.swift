//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import GridRuntime

@testable import GridModel

/// Messages that are each wrong in one way.
struct BadMessages {
    /// A message, and what has to become of it.
    struct Case: Sendable {
        /// What is wrong; also in the header `mark`, since some have no identifier.
        var name: String
        /// What the dead letter's reason has to say.
        var reason: String
        /// The mailbox it reaches first.
        var queue: String?
        /// Whether its sender is told.
        var isRefused = true
        var message: AMQPMessage
    }

    static let mark = "x-case"

    let chain: Chain
    let post: PostAddress
    let assignment: AssignmentID

    /// All of them.
    var all: [Case] {
        get throws {
            try bodies + attributes + keys + mail
        }
    }

    private var bodies: [Case] {
        get throws {
            [
                try command("cut-off", "not valid JSON in UTF-8") { $0.body.removeLast(3) },
                try command("invalid-utf-8", "not valid JSON in UTF-8") {
                    $0.body = Array("{\"note\":\"".utf8) + [0xff, 0x22, 0x7d]
                },
                try command("empty", "not valid JSON in UTF-8") { $0.body = [] },
                try command("a-list", "the body is not") { $0.body = Array("[]".utf8) },
                try command("a-megabyte", "the body has 1000000 bytes") {
                    $0.body = [UInt8](repeating: 0x20, count: 1_000_000)
                },
                try command("deeply-nested", "the body") {
                    $0.body = [UInt8](repeating: 0x5b, count: 100_000)
                },
                try command("misspelt", "unknown members: notes") {
                    $0.body = Array("{\"assignment\":\"\(assignment)\",\"notes\":\"已办结\"}".utf8)
                },
                try command("no-assignment", "/assignment is missing") { $0.body = Array("{}".utf8) },
                try command("null", "/note") {
                    $0.body = Array("{\"assignment\":\"\(assignment)\",\"note\":7}".utf8)
                },
            ]
        }
    }

    private var attributes: [Case] {
        get throws {
            [
                try command("no-identifier", "ce-id is missing", isRefused: false) {
                    $0.properties.messageID = nil
                    $0.properties.headers["ce-id"] = nil
                },
                try command("unknown-type", "the type gridwork.command.dance.v1 is unknown") {
                    $0.properties.headers["ce-type"] = "gridwork.command.dance.v1"
                },
                try command("another-version", "1.0 is understood") { $0.properties.headers["ce-specversion"] = "2.0" },
                try command("another-post", "ce-source is not the post of the routing key") {
                    $0.properties.headers["ce-source"] = .string(chain.street.liaison(1, 1, 2).description)
                },
                try command("another-subject", "ce-subject is not the assignment of the body") {
                    $0.properties.headers["ce-subject"] = .string(assignment.text + ".9")
                },
                try command("another-time", "ce-time is not RFC 3339") {
                    $0.properties.headers["ce-time"] = "yesterday"
                },
                try command("number-for-text", "ce-source is missing") { $0.properties.headers["ce-source"] = 7 },
            ]
        }
    }

    private var keys: [Case] {
        get throws {
            let mailbox = try chain.prefix(of: post).split(separator: ".").prefix(3).joined(separator: ".")
            return [
                try command("another-verb", "the routing key's last word is not complete") {
                    $0.routingKey = "\(mailbox).\(post.code).acknowledge"
                },
                try command("no-post", "the routing key names no post", isRefused: false) {
                    $0.routingKey = "\(mailbox).31.complete"
                },
                try command("no-key", "the routing key names no post", isRefused: false) { $0.routingKey = mailbox },
            ]
        }
    }

    /// Mail, which only nodes write; whoever wrote it is not told.
    private var mail: [Case] {
        get throws {
            let report = try chain.message(
                Mail(
                    id: Chain.newID(),
                    source: post,
                    target: post,
                    assignment: assignment,
                    time: chain.clock.now,
                    body: .signedOff(ReplyBody(revision: 1))
                )
            )
            return [
                try change(report, "mail-of-unknown-type", "is unknown") {
                    $0.properties.headers["ce-type"] = "gridwork.assignment.danced.v1"
                },
                try change(report, "report-of-a-root", "it reports to nobody") { message in
                    message.properties.headers["ce-type"] = "gridwork.assignment.completed.v1"
                    message.properties.headers["ce-subject"] = .string(assignment.order.text)
                    message.routingKey = try chain.prefix(of: post) + ".completed"
                    message.body = Array(
                        "{\"assignment\":\"\(assignment.order)\",\"state\":\"completed\",\"revision\":1}".utf8
                    )
                },
            ]
        }
    }

    private func command(
        _ name: String,
        _ reason: String,
        isRefused: Bool = true,
        _ spoil: (inout AMQPMessage) throws -> Void
    ) throws -> Case {
        let sound = try chain.message(.complete, assignment, as: post, id: Chain.id(name))
        var bad = try change(sound, name, reason, spoil)
        bad.isRefused = isRefused
        return bad
    }

    private func change(
        _ sound: AMQPMessage,
        _ name: String,
        _ reason: String,
        _ spoil: (inout AMQPMessage) throws -> Void
    ) throws -> Case {
        var message = sound
        message.properties.headers[Self.mark] = .string(name)
        try spoil(&message)
        let mailbox = chain.organization.mailbox(of: post)?.name
        return Case(name: name, reason: reason, queue: mailbox, isRefused: false, message: message)
    }
}

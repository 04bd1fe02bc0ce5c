//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel
package import GridStore

/// Writes commands as messages and reads them back.
package struct CommandCodec: Sendable {
    private let coder = BodyCoder()

    /// Creates a codec.
    package init() {}

    /// Writes a command as the message an agent publishes.
    ///
    /// - Parameter mailboxPrefix: The first words of the routing keys of the actor's post, `<mailbox>.<post code>`.
    package func encode(_ command: Command, mailboxPrefix: String, at time: Instant) throws -> StoredMessage {
        let verb = command.body.verb
        let body =
            switch command.body {
            case .issue(let draft): try coder.encode(draft)
            case .act(_, let assignment, let body): coder.encode(body, about: assignment)
            }
        return StoredMessage(
            exchange: ExchangeName.commands,
            routingKey: "\(mailboxPrefix).\(verb.rawValue)",
            messageID: command.id.text,
            headers: CloudEvent.headers(
                id: command.id,
                source: command.actor,
                type: verb.type,
                time: time,
                subject: command.body.assignment
            ),
            type: verb.type,
            correlationID: command.body.assignment?.order.text,
            body: body
        )
    }

    /// Reads the command in a message that came off a mailbox.
    ///
    /// The routing key says who asks: the broker lets an agent write its own post's keys only. Whoever has a user of the broker
    /// without such rules could write others' keys as well, so the user has to be the post's own, or the node's.
    package func decode(
        _ message: StoredMessage,
        in organization: Organization
    ) throws(BadMessage) -> Command {
        let event = try CloudEvent(message)
        guard let verb = CommandVerb(type: event.type) else { throw BadMessage("the type \(event.type) is unknown") }
        guard let (actor, word) = organization.post(ofRoutingKey: message.routingKey) else {
            throw BadMessage("the routing key names no post of this organization")
        }
        guard word == verb.rawValue else { throw BadMessage("the routing key's last word is not \(verb.rawValue)") }
        try Self.check(user: message.headers[HeaderName.user], of: actor)
        guard event.source == actor else { throw BadMessage("ce-source is not the post of the routing key, \(actor)") }
        if let problem = event.id.problemAsCommand { throw BadMessage(problem) }
        if verb == .issue {
            return Command(id: event.id, actor: actor, body: .issue(try draft(from: message.body)))
        }
        let object = coder.flatObject(message.body)
        let names = if let object { object.members.map(\.name) } else { try coder.memberNames(of: message.body) }
        try BodyCoder.check(names, allowed: Self.members[verb] ?? [])
        let value = try coder.decode(AddressedBody<ActionBody>.self, from: message.body, readAs: object)
        guard let assignment = value.assignment else { throw BadMessage("/assignment is missing") }
        try event.check(subject: assignment)
        return Command(id: event.id, actor: actor, body: .act(verb, assignment, value.body))
    }

    /// Checks that a command was sent by its post's own user; nil stands for the node's.
    private static func check(user: String?, of actor: PostAddress) throws(BadMessage) {
        let expected = AgentAccount.name(of: actor)
        guard let user, user != expected else { return }
        throw BadMessage(
            user.isEmpty
                ? "the property user_id is missing; it has to be \(expected), the user logged in"
                : "the user \(user) may not send commands of \(actor); \(expected) may"
        )
    }

    /// The assignment that a command is about which does not fit its schema: by its subject, or else by its body, as far
    /// as either can be read.
    func assignment(ofUnreadable message: StoredMessage) -> AssignmentID? {
        if let subject = CloudEvent.attribute("subject", of: message) { return AssignmentID(subject) }
        // Why the body cannot be read is known already, and told.
        return (try? coder.decode(AddressedBody<NoteBody>.self, from: message.body))?.assignment
    }

    /// Reads the body of an `issue` command, which is a work order file.
    func draft(from bytes: [UInt8]) throws(BadMessage) -> OrderDraft {
        try BodyCoder.check(coder.memberNames(of: bytes), allowed: Self.draftMembers)
        return try coder.decode(OrderDraft.self, from: bytes)
    }

    private static let draftMembers: Set<String> = [
        "$schema", "title", "body", "module", "priority", "scope", "cascade", "signOff", "rollUp", "acceptBy", "dueAt",
    ]

    private static let members: [CommandVerb: Set<String>] = Dictionary(
        uniqueKeysWithValues: CommandVerb.allCases.map { ($0, $0.members.union(["assignment"])) }
    )
}

extension CommandVerb {
    /// The members of the body of a command, the assignment aside.
    package var members: Set<String> {
        switch self {
        case .answer: ["note", "answer", "dueAt"]
        case .reassign, .urge: ["note", "post"]
        default: ["note"]
        }
    }
}

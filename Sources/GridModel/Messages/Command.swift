//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// What a post asks for: a message on the exchange `gridwork.commands`, or a person at the command line.
package struct Command: Hashable, Sendable {
    /// The identifier the asker gave it.
    package var id: MessageID
    /// The post that asks.
    package var actor: PostAddress
    /// What it asks for.
    package var body: CommandBody

    /// Creates a command.
    package init(id: MessageID, actor: PostAddress, body: CommandBody) {
        self.id = id
        self.actor = actor
        self.body = body
    }
}

/// The verbs of the commands, named as in routing keys and message types.
package enum CommandVerb: String, Sendable, Codable, CaseIterable {
    case issue, acknowledge, progress, complete, `return`, escalate, answer, signOff, rework, recall, urge, reassign

    /// The CloudEvents type, for instance `gridwork.command.complete.v1`.
    package var type: String { "gridwork.command.\(rawValue).v1" }

    /// The verb with a CloudEvents type.
    package init?(type: String) {
        guard let verb = Self.byType[type] else { return nil }
        self = verb
    }

    private static let byType = Dictionary(uniqueKeysWithValues: allCases.map { ($0.type, $0) })
}

/// What a command asks for; each case has a schema of its own.
package enum CommandBody: Hashable, Sendable {
    /// Issue a work order.
    case issue(OrderDraft)
    /// Anything that is asked of an assignment.
    case act(CommandVerb, AssignmentID, ActionBody)

    /// The verb.
    package var verb: CommandVerb {
        switch self {
        case .issue: .issue
        case .act(let verb, _, _): verb
        }
    }

    /// The assignment it is about; nil for `issue`.
    package var assignment: AssignmentID? {
        switch self {
        case .issue: nil
        case .act(_, let assignment, _): assignment
        }
    }
}

/// The body of every command but `issue`. Which fields a verb takes is in its schema.
package struct ActionBody: Hashable, Sendable, Codable {
    /// What the asker writes; required for return, escalate, rework and recall.
    package var note: String?
    /// The answer to an escalation.
    package var answer: AnswerKind?
    /// The new deadline that goes with an answer.
    package var dueAt: Instant?
    /// The post that gets a reassigned leg, or the holder that a superior urges.
    package var post: PostAddress?

    /// Creates a body.
    package init(note: String? = nil, answer: AnswerKind? = nil, dueAt: Instant? = nil, post: PostAddress? = nil) {
        self.note = note
        self.answer = answer
        self.dueAt = dueAt
        self.post = post
    }
}

/// The longest note accepted, in characters as JSON Schema counts them: Unicode scalars.
package let maximumNoteLength = 4_000

//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Anything `decide` handles.
package enum Message: Hashable, Sendable {
    /// A mail that reached its target's mailbox.
    case mail(Mail)
    /// A command of a post.
    case command(Command)
    /// A timer whose time has come.
    case timer(TimerFiring)

    /// The identifier under which the inbox remembers it.
    package var id: MessageID {
        switch self {
        case .mail(let mail): mail.id
        case .command(let command): command.id
        case .timer(let firing): firing.id
        }
    }

    /// The identifier that those of the messages it causes are derived from.
    package var cause: MessageID {
        if case .command(let command) = self { return .chain(of: command.actor, command.id) }
        return id
    }

    /// Who sent it, as the inbox keeps identifiers apart: CloudEvents makes source and id unique together.
    package var source: String {
        switch self {
        case .mail(let mail): mail.source.text
        case .command(let command): command.actor.text
        case .timer: "clock"
        }
    }
}

/// A timer whose time has come.
package struct TimerFiring: Hashable, Sendable {
    /// The assignment it belongs to.
    package var assignment: AssignmentID
    /// Which of its timers.
    package var kind: TimerKind
    /// When it was set to fire.
    package var at: Instant

    /// Creates a firing.
    package init(assignment: AssignmentID, kind: TimerKind, at: Instant) {
        self.assignment = assignment
        self.kind = kind
        self.at = at
    }

    /// The identifier of the firing.
    package var id: MessageID { .timer(kind, of: assignment, at: at) }
}

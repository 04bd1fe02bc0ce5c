//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// The identifier of a message: CloudEvents' `id`, repeated in AMQP's `message_id`.
///
/// A message that begins a chain (a person's command, a timer that fires) brings its own. Every message it causes is
/// named after it and its position: `<cause>/1`, `<cause>/2`, … Handling the same cause twice therefore yields the same
/// identifiers, and the receiver's inbox absorbs the repetition.
///
/// Every identifier of a chain stays within `maximumLength`, and so below the 255 bytes of an AMQP short string. A
/// command's chain begins with its actor, up to 61 bytes, a slash, and the command's own identifier, up to 100. It leads
/// at most down all levels and up again. On the way down a position is hardly larger than the number of legs, which has
/// one digit more than the codes of the level gain at most; an actor with a long code has little below it: code and
/// positions share the 20 digits of a code. On the way up a position has one digit. That makes 41 bytes for a role and
/// its `@`, 20 for code and positions, 12 for the digits more and the slashes of 6 hops down, 12 for 6 hops up: 186 with
/// the command's identifier and its slash, and 14 in reserve. A timer's chain begins with less.
package struct MessageID: Hashable, Sendable, CustomStringConvertible {
    /// The identifier as written.
    package let text: String

    /// The longest identifier that a command may bring, in bytes.
    package static let maximumRootLength = 100
    /// The longest identifier accepted from the wire, in bytes.
    package static let maximumLength = 200

    /// Creates an identifier; returns nil unless it is 1 to 200 printable ASCII characters without spaces.
    package init?(_ text: String) {
        guard (1...Self.maximumLength).contains(text.utf8.count),
            text.withBytes({ $0.allSatisfy { (0x21...0x7e).contains($0) } })
        else { return nil }
        self.text = text
    }

    private init(unchecked text: String) {
        self.text = text
    }

    /// Returns the identifier of the message that is `position`-th (from 1) among those this one causes.
    package func derived(_ position: Int) -> MessageID {
        MessageID(unchecked: text + "/" + String(position))
    }

    /// Why a command may not bring this identifier, and what to do about it, in a sentence; nil when it may.
    ///
    /// The slash is kept for positions: the first message that a command `c/1` causes would be called like the first of
    /// those that the first message of a command `c` causes, and one of the two would be taken for the other's repetition.
    package var problemAsCommand: String? {
        if text.utf8.count > Self.maximumRootLength {
            return "the command's id is longer than \(Self.maximumRootLength) bytes; shorten it"
        }
        if text.utf8.contains(UInt8(ascii: "/")) {
            return "the command's id has a slash, which is kept for what commands cause; write another character"
        }
        return nil
    }

    /// The identifier that a command's chain begins with: the actor's address, then the command's own identifier.
    ///
    /// Agents choose the identifiers of their commands, and two of them may number theirs alike; what the two cause
    /// must not look like one message sent twice.
    package static func chain(of actor: PostAddress, _ command: MessageID) -> MessageID {
        MessageID(unchecked: actor.text + "/" + command.text)
    }

    /// Returns the identifier of a timer's firing: the same timer fires once under one identifier, whichever process
    /// sees it. What it causes is named after the assignment's revision too; it only goes up.
    package static func timer(_ kind: TimerKind, of assignment: AssignmentID, at instant: Instant) -> MessageID {
        MessageID(unchecked: "timer:\(assignment):\(kind.rawValue):\(instant.milliseconds)")
    }

    package var description: String { text }
}

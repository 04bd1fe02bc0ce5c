//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// The identifier of a message: CloudEvents' `id`, repeated in AMQP's `message_id`.
///
/// A message that begins a chain (a person's command, a timer that fires) brings its own. Every message it causes is
/// named after it and its position: `<cause>/1`, `<cause>/2`, … Handling the same cause twice therefore yields the same
/// identifiers, and the receiver's inbox absorbs the repetition. A chain leads at most down all levels and up again, so
/// the identifier stays within `maximumLength`, and below the 255 bytes of an AMQP short string.
package struct MessageID: Hashable, Sendable, CustomStringConvertible {
    /// The identifier as written.
    package let text: String

    /// The longest identifier that a chain may begin with, in bytes.
    package static let maximumRootLength = 100
    /// The longest identifier accepted from the wire, in bytes.
    package static let maximumLength = 200

    /// Creates an identifier; returns nil unless it is 1 to 200 printable ASCII characters without spaces.
    package init?(_ text: String) {
        let utf8 = text.utf8
        guard (1...Self.maximumLength).contains(utf8.count), utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            return nil
        }
        self.text = text
    }

    private init(unchecked text: String) {
        self.text = text
    }

    /// Returns the identifier of the message that is `position`-th (from 1) among those this one causes.
    package func derived(_ position: Int) -> MessageID {
        MessageID(unchecked: "\(text)/\(position)")
    }

    /// The identifier that a command's chain begins with: the actor's address, then the command's own identifier.
    ///
    /// Agents choose the identifiers of their commands, and two of them may number theirs alike; what the two cause
    /// must not look like one message sent twice.
    package static func chain(of actor: PostAddress, _ command: MessageID) -> MessageID {
        MessageID(unchecked: "\(actor)/\(command)")
    }

    /// Returns the identifier of a timer's firing: the same timer fires once under one identifier, whichever process sees it.
    package static func timer(_ kind: TimerKind, of assignment: AssignmentID, at instant: Instant) -> MessageID {
        MessageID(unchecked: "timer:\(assignment):\(kind.rawValue):\(instant.milliseconds)")
    }

    package var description: String { text }
}

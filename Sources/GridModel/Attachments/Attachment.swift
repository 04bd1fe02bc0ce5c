//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// A photo or a document of an assignment.
package struct Attachment: Hashable, Sendable {
    /// When what it shows was so.
    package enum Kind: String, Sendable, Word {
        /// Before the work.
        case before
        /// After it.
        case after
    }

    /// What it shows.
    package var kind: Kind
    /// The file, named by its content.
    package var file: StoredFile

    /// Creates an attachment.
    package init(kind: Kind, file: StoredFile) {
        self.kind = kind
        self.file = file
    }

    /// How many an assignment has at most.
    package static let limit = 20
}

extension Assignment {
    /// Why a post may not attach anything; nil when it may.
    ///
    /// Only while the holder works on it: what was handed in is what its issuer signs off, and must not change under her
    /// eyes. After a rework it is the holder's again.
    ///
    /// - Parameter count: How many attachments it has.
    package func refusalToAttach(as actor: PostAddress, having count: Int) -> Refusal? {
        guard actor == post else {
            return Refusal(.notYours, "only \(post), which holds the assignment, attaches to it")
        }
        switch state {
        case .issued, .accepted, .escalated: break
        case .submitted:
            return Refusal(.wrongState, "the assignment was handed in; attach before that, or after a rework")
        case .completed, .returned, .recalled:
            return Refusal(.alreadyFinal, "the assignment is \(state.rawValue); nothing can be attached to it any more")
        }
        guard count < Attachment.limit else {
            return Refusal(.invalid, "the assignment has \(count) attachments, and no more than that are kept")
        }
        return nil
    }
}

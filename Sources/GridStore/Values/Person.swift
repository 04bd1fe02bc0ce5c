//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

/// Somebody who may sign in.
package struct Person: Sendable, Hashable {
    /// The person's number; what logs name, and never another person's.
    package var n: Int64
    /// The name to sign in with.
    package var name: String
    /// The posts the person holds, sorted.
    package var posts: [PostAddress]
    /// The posts for which the person stands in now, sorted; known of somebody who signs in, empty elsewhere.
    package var standsInFor: [PostAddress] = []
    /// Whether a password was set; without one only tokens let somebody in.
    package var hasPassword: Bool
    /// Whether the person may do nothing any more.
    package var isDisabled: Bool
    /// When the person was added.
    package var createdAt: Instant

    /// Whether `name` can be signed in with: 1 to 64 lower-case ASCII letters, digits, dots, hyphens and underscores,
    /// the first a letter or digit.
    package static func isName(_ name: String) -> Bool {
        func isAlphanumeric(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte) }
        guard (1...64).contains(name.utf8.count), let first = name.utf8.first, isAlphanumeric(first) else {
            return false
        }
        return name.utf8.allSatisfy { isAlphanumeric($0) || $0 == 0x2d || $0 == 0x2e || $0 == 0x5f }
    }
}

/// A bearer token of a person, without its secret.
package struct TokenSummary: Sendable, Hashable {
    /// The token's number.
    package var n: Int64
    /// The name of the person it speaks for.
    package var person: String
    /// What it is for.
    package var label: String
    /// When it was made.
    package var createdAt: Instant
    /// Until when it holds; nil for ever.
    package var expiresAt: Instant?
    /// When it was revoked; nil while it holds.
    package var revokedAt: Instant?
}

/// What is needed to check a password.
package struct PasswordRecord: Sendable {
    /// The person's number.
    package var person: Int64
    /// The hash as the password hasher wrote it; nil where none was set.
    package var hash: String?
    /// Whether the person may do nothing any more.
    package var isDisabled: Bool
}

/// How often a name was tried in vain, and until when it is not tried again.
package struct SignInFailures: Sendable, Hashable {
    /// Attempts since the last success.
    package var count: Int
    /// The last one.
    package var lastAt: Instant
    /// Until when no attempt is looked at.
    package var lockedUntil: Instant?

    /// Creates a record.
    package init(count: Int, lastAt: Instant, lockedUntil: Instant?) {
        self.count = count
        self.lastAt = lastAt
        self.lockedUntil = lockedUntil
    }
}

/// What became of a command that came with an idempotency key, so that a repetition gets the same answer.
package struct IdempotencyRecord: Sendable, Hashable {
    /// Tells whether a repetition asks for the same thing.
    package var fingerprint: [UInt8]
    /// The assignment it was about, or the root of the order it issued.
    package var assignment: AssignmentID?
    /// Why it was refused; nil where it was carried out.
    package var refusal: Refusal?

    /// Creates a record.
    package init(fingerprint: [UInt8], assignment: AssignmentID?, refusal: Refusal?) {
        self.fingerprint = fingerprint
        self.assignment = assignment
        self.refusal = refusal
    }
}

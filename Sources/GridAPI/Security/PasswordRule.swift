//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// What a password has to be: long, and nothing else, since rules about characters make worse ones (NIST SP 800-63B).
package enum PasswordRule {
    /// The fewest characters.
    package static let shortest = 10
    /// The most bytes; longer ones are not looked at.
    package static let longest = 256

    /// What is wrong with a password, in a sentence; nil when nothing is.
    package static func problem(with password: String) -> String? {
        if password.count < shortest { return "a password has at least \(shortest) characters" }
        if password.utf8.count > longest { return "a password has at most \(longest) bytes" }
        return nil
    }

    /// Makes a password that a person can copy from paper: 16 characters without those that look alike, 79 bits.
    package static func made() -> String {
        let characters = Array("abcdefghjkmnpqrstuvwxyz23456789")
        let groups = (0..<4).map { _ in String((0..<4).compactMap { _ in characters.randomElement() }) }
        return groups.joined(separator: "-")
    }
}

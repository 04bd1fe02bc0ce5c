//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// What a round of comparing pages sends, or would send.
package struct ReconcileReport: Sendable, Hashable, Codable {
    /// How many mails there are of each kind, by the kind's name.
    package var mails: [String: Int] = [:]
    /// How many are for posts that the organization does not have any more, and so cannot be sent.
    package var undeliverable = 0

    /// Creates a report of nothing.
    package init() {}

    /// How many mails there are.
    package var total: Int { mails.values.reduce(0, +) }

    mutating func add(_ other: ReconcileReport) {
        mails.merge(other.mails, uniquingKeysWith: +)
        undeliverable += other.undeliverable
    }

    /// The counts in one line, the kinds in alphabetical order.
    package var summary: String {
        mails.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
}

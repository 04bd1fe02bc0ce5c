//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import DequeModule

/// Deliveries that wait for their transaction, and whose turn it is: mailboxes in turn, so that one that is flooded holds
/// up no other, and in each what is urgent first.
///
/// The messages of one assignment keep the order in which they came to the mailbox, urgent or not.
struct Turns<Item> {
    /// The deliveries of one mailbox.
    private struct Line {
        var urgent: Deque<(item: Item, subject: String?)> = []
        var normal: Deque<(item: Item, subject: String?)> = []
        /// How many urgent ones wait of each assignment.
        var urgentSubjects: [String: Int] = [:]
        /// The assignments of those that are not urgent, and perhaps of some that wait no longer; nil while nobody asked.
        var normalSubjects: Set<String>?

        var isEmpty: Bool { urgent.isEmpty && normal.isEmpty }

        mutating func add(_ item: Item, about subject: String?, isUrgent: Bool) {
            // Nothing overtakes an earlier message of its own assignment, and nothing stays behind a later one.
            let isAhead = isUrgent ? !isBehindNormal(subject) : subject.map { urgentSubjects[$0] != nil } ?? false
            if isAhead {
                urgent.append((item, subject))
                if let subject { urgentSubjects[subject, default: 0] += 1 }
            } else {
                normal.append((item, subject))
                if let subject { normalSubjects?.insert(subject) }
            }
        }

        private mutating func isBehindNormal(_ subject: String?) -> Bool {
            guard let subject, !normal.isEmpty else { return false }
            let subjects = normalSubjects ?? Set(normal.compactMap(\.subject))
            normalSubjects = subjects
            return subjects.contains(subject)
        }

        mutating func take(_ limit: Int, into taken: inout [Item]) {
            for _ in 0..<limit {
                if let (item, subject) = urgent.popFirst() {
                    taken.append(item)
                    guard let subject, let count = urgentSubjects[subject] else { continue }
                    urgentSubjects[subject] = count > 1 ? count - 1 : nil
                } else if let (item, _) = normal.popFirst() {
                    taken.append(item)
                } else {
                    break
                }
            }
            if normal.isEmpty { normalSubjects = nil }
        }
    }

    private var lines: [String: Line] = [:]
    /// The mailboxes with deliveries, the one whose turn it is first.
    private var ring: Deque<String> = []
    /// How many deliveries wait.
    private(set) var count = 0

    /// Adds a delivery.
    ///
    /// - Parameters:
    ///   - mailbox: The mailbox that it came from.
    ///   - subject: The assignment that it is about; nil where it does not say.
    ///   - isUrgent: Whether it goes before those of the mailbox that are not.
    mutating func add(_ item: Item, of mailbox: String, about subject: String?, isUrgent: Bool) {
        if lines[mailbox, default: Line()].isEmpty { ring.append(mailbox) }
        lines[mailbox, default: Line()].add(item, about: subject, isUrgent: isUrgent)
        count += 1
    }

    /// Takes up to `limit` deliveries.
    ///
    /// - Parameter turn: How many a mailbox gives when it is its turn, at least 1.
    mutating func take(_ limit: Int, turn: (_ mailbox: String) -> Int) -> [Item] {
        var taken: [Item] = []
        taken.reserveCapacity(min(limit, count))
        while taken.count < limit, let mailbox = ring.popFirst() {
            lines[mailbox]?.take(min(max(1, turn(mailbox)), limit - taken.count), into: &taken)
            if lines[mailbox]?.isEmpty == false { ring.append(mailbox) }
        }
        count -= taken.count
        return taken
    }
}

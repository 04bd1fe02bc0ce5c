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
        let mailbox: String
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

    private var lines: [Line] = []
    /// Where in `lines` those of a mailbox are.
    private var places: [String: Int] = [:]
    /// The place of the mailbox to which a delivery was added last: they come in runs.
    private var latest: (mailbox: String, place: Int)?
    /// The places of the mailboxes with deliveries, the one whose turn it is first.
    private var ring: Deque<Int> = []
    /// How much is left of the turn of the first in the ring, where a batch was full before it was over; otherwise 0.
    private var unfinished = 0
    /// How many deliveries wait.
    private(set) var count = 0

    /// Adds a delivery.
    ///
    /// - Parameters:
    ///   - mailbox: The mailbox that it came from.
    ///   - subject: The assignment that it is about; nil where it does not say.
    ///   - isUrgent: Whether it goes before those of the mailbox that are not.
    mutating func add(_ item: Item, of mailbox: String, about subject: String?, isUrgent: Bool) {
        let place = place(of: mailbox)
        if lines[place].isEmpty { ring.append(place) }
        lines[place].add(item, about: subject, isUrgent: isUrgent)
        count += 1
    }

    private mutating func place(of mailbox: String) -> Int {
        if let latest, latest.mailbox == mailbox { return latest.place }
        let place = places[mailbox] ?? lines.count
        if place == lines.count {
            lines.append(Line(mailbox: mailbox))
            places[mailbox] = place
        }
        latest = (mailbox, place)
        return place
    }

    /// Takes up to `limit` deliveries.
    ///
    /// A turn for which there was no more room goes on with the next batch: otherwise the oldest deliveries would be left
    /// for last, and none after them could be acknowledged together.
    ///
    /// - Parameter turn: How many a mailbox gives when it is its turn, at least 1.
    mutating func take(_ limit: Int, turn: (_ mailbox: String) -> Int) -> [Item] {
        var taken: [Item] = []
        taken.reserveCapacity(min(limit, count))
        while taken.count < limit, let place = ring.popFirst() {
            let due = unfinished > 0 ? unfinished : max(1, turn(lines[place].mailbox))
            let before = taken.count
            lines[place].take(min(due, limit - before), into: &taken)
            unfinished = 0
            if lines[place].isEmpty { continue }
            let left = due - (taken.count - before)
            if left > 0 {
                unfinished = left
                ring.prepend(place)
            } else {
                ring.append(place)
            }
        }
        count -= taken.count
        return taken
    }
}

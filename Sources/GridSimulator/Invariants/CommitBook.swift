//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore

/// What was seen of a state file after its commits: what is written there must stay, and must be written once.
struct CommitBook {
    /// Every line of history seen, in order.
    private(set) var lines: [HistoryLine] = []
    /// Every assignment that was issued here, to a holder or as a leg, in order.
    private(set) var known: [AssignmentID] = []
    private var pages: [AssignmentID: HistoryReplay] = [:]
    /// Every page as it stood after the last commit.
    private var seen: [AssignmentID: Assignment] = [:]
    private var events: [MessageID: [HistoryEntry.Event]] = [:]

    /// The number of the last line seen.
    var lastLine: Int64 { lines.last?.n ?? 0 }

    /// The page of an assignment as the lines seen tell it.
    func replay(_ id: AssignmentID) -> HistoryReplay {
        pages[id] ?? HistoryReplay()
    }

    /// Takes in the lines of a commit.
    ///
    /// - Returns: What is wrong with them.
    mutating func add(_ new: [HistoryLine]) -> [String] {
        var broken: [String] = []
        var previous: MessageID?
        for line in new {
            // All that a message does is written at once and stands together.
            if line.cause != previous, events[line.cause] != nil {
                broken.append("\(line.cause) was handled twice: \(line.event) on \(line.assignment)")
            }
            events[line.cause, default: []].append(line.event)
            let written = events[line.cause] ?? []
            if written.count > 1, written.contains(.refused) || written.contains(.ignored) {
                broken.append("\(line.cause) did something and was turned down: \(written.map(\.rawValue))")
            }
            previous = line.cause
            if line.event == .issued, line.assignment.isRoot { known.append(line.assignment) }
            if line.event == .legIssued, let leg = line.leg { known.append(leg) }
            pages[line.assignment, default: HistoryReplay()].add(line)
        }
        lines += new
        return broken
    }

    /// Whether a page stands otherwise than after the last commit.
    func hasChanged(_ assignment: Assignment) -> Bool {
        seen[assignment.id] != assignment
    }

    /// Takes in the pages as they stand after a commit.
    ///
    /// - Parameters:
    ///   - pages: All of the state file.
    ///   - told: The assignments that the commit wrote lines of history about.
    /// - Returns: What is wrong: a page that is gone, changed and no line says so, or goes on after its end.
    mutating func note(_ pages: [Assignment], told: Set<AssignmentID>) -> [String] {
        var broken: [String] = []
        var gone = seen
        for assignment in pages {
            let id = assignment.id
            let before = gone.removeValue(forKey: id)
            if before == assignment { continue }
            if !told.contains(id) { broken.append("\(id) changed, and no line of its history says so") }
            if let before, before.state.isFinal, before.state != assignment.state {
                broken.append("\(id) was \(before.state), which is final, and is \(assignment.state)")
            }
            seen[id] = assignment
        }
        return broken + gone.keys.sorted { $0.text < $1.text }.map { "the page of \($0) is gone" }
    }
}

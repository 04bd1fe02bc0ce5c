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
    private var finals: [AssignmentID: AssignmentState] = [:]
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

    /// Notes where an assignment stands.
    ///
    /// - Returns: Whether it was final and stands elsewhere now.
    mutating func isResurrected(_ assignment: Assignment) -> Bool {
        if let state = finals[assignment.id] { return state != assignment.state }
        if assignment.state.isFinal { finals[assignment.id] = assignment.state }
        return false
    }
}

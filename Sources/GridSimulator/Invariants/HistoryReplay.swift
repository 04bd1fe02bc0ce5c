//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore

/// An assignment's page as its history alone tells it.
struct HistoryReplay: Equatable {
    var state: AssignmentState?
    var isTombstone = false
    var isAcknowledged = false
    var rework = 0
    var legs: [AssignmentID: AssignmentState] = [:]

    /// The page as it stands.
    init(_ assignment: Assignment, legs: [Leg]) {
        state = assignment.state
        isTombstone = assignment.isTombstone
        isAcknowledged = assignment.acceptedAt != nil
        rework = assignment.rework
        for leg in legs { self.legs[leg.id] = leg.state }
    }

    /// The page before anything happened.
    init() {}

    /// Takes in the next line.
    mutating func add(_ line: HistoryLine) {
        switch line.event {
        case .issued: state = .issued
        case .acknowledged:
            state = .accepted
            isAcknowledged = true
        case .submitted: state = .submitted
        case .completed: state = .completed
        case .returned: state = .returned
        case .escalated: state = .escalated
        case .escalationAnswered: state = .accepted
        case .reworkRequested:
            state = .accepted
            rework += 1
        case .recalled:
            isTombstone = state == nil
            state = .recalled
        case .legIssued: set(line.leg, .issued)
        case .legAcknowledged, .legResumed: set(line.leg, .accepted)
        case .legSubmitted: set(line.leg, .submitted)
        case .legCompleted: set(line.leg, .completed)
        case .legReturned: set(line.leg, .returned)
        case .legEscalated: set(line.leg, .escalated)
        case .legRecalled: set(line.leg, .recalled)
        case .progressed, .passedUp, .urged, .legProgressed, .offered, .escalationOpened, .escalationSettled, .refused,
            .restated, .ignored:
            break
        }
    }

    private mutating func set(_ leg: AssignmentID?, _ state: AssignmentState) {
        if let leg { legs[leg] = state }
    }

    /// The page in words, legs in order.
    var description: String {
        let marks = [isTombstone ? "tombstone" : nil, isAcknowledged ? "acknowledged" : nil].compactMap(\.self)
        let below = legs.sorted { $0.key.text < $1.key.text }.map { "\($0.key) \($0.value)" }
        let words = [state?.rawValue ?? "nothing"] + marks + ["rework \(rework)"] + below
        return words.joined(separator: ", ")
    }
}

//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore

/// An assignment's page as its history alone tells it.
///
/// What no line tells is left out: the revision, the area, and the limits, which stand in the order and which an answer
/// may move.
struct HistoryReplay: Equatable {
    /// A leg as its issuer's history tells it.
    struct LegStanding: Equatable {
        var state: AssignmentState
        /// Who holds it; nil as long as nobody has reported.
        var post: PostAddress?
    }

    /// Whose superior is asked about an escalated assignment.
    enum Asker: Equatable {
        case holder
        case superior(PostAddress)
    }

    var state: AssignmentState?
    var isTombstone = false
    var issuer: PostAddress?
    /// Who holds it; nil as long as nobody has done anything about it.
    var post: PostAddress?
    var acceptedAt: Instant?
    var completedAt: Instant?
    var rework = 0
    var legs: [AssignmentID: LegStanding] = [:]
    /// While it is escalated.
    var asker: Asker?
    /// Whether a superior may have moved the deadline.
    var isAnswered = false

    /// The page before anything happened.
    init() {}

    /// Takes in the next line.
    mutating func add(_ line: HistoryLine) {
        let event = line.event
        if Self.holdersOwn.contains(event), let actor = line.actor { post = actor }
        if event != .passedUp, Self.states[event] != nil { asker = event == .escalated ? .holder : nil }
        if event == .recalled, state == nil {
            isTombstone = true
            issuer = line.actor
        }
        state = Self.states[event] ?? state
        switch event {
        case .issued: if line.assignment.isRoot { post = line.actor } else { issuer = line.actor }
        case .acknowledged: acceptedAt = line.at
        case .completed: completedAt = line.at
        case .reworkRequested: rework += 1
        case .escalationAnswered: isAnswered = true
        case .passedUp: asker = line.actor.map { .superior($0) }
        default: break
        }
        guard let leg = line.leg, let state = Self.legStates[event] else { return }
        let reporter = Self.legsOwn.contains(event) ? line.actor : nil
        legs[leg] = LegStanding(state: state, post: reporter ?? legs[leg]?.post)
    }

    /// What an event on a page makes of it.
    private static let states: [HistoryEntry.Event: AssignmentState] = [
        .issued: .issued, .acknowledged: .accepted, .submitted: .submitted, .completed: .completed,
        .returned: .returned, .escalated: .escalated, .escalationAnswered: .accepted, .reworkRequested: .accepted,
        .recalled: .recalled,
    ]
    /// What an event on its issuer's page makes of a leg.
    private static let legStates: [HistoryEntry.Event: AssignmentState] = [
        .legIssued: .issued, .legAcknowledged: .accepted, .legResumed: .accepted, .legSubmitted: .submitted,
        .legCompleted: .completed, .legReturned: .returned, .legEscalated: .escalated, .legRecalled: .recalled,
    ]
    /// What only the holder does, where it is not the clock or the roll-up.
    private static let holdersOwn: Set<HistoryEntry.Event> = [
        .acknowledged, .progressed, .submitted, .returned, .escalated,
    ]
    /// What only the holder of a leg reports.
    private static let legsOwn: Set<HistoryEntry.Event> = [
        .legAcknowledged, .legSubmitted, .legReturned, .legEscalated,
    ]
}

// MARK: Beside the page

extension HistoryReplay {
    /// The page as it stands, as far as a history can tell it.
    ///
    /// - Parameter told: What the history tells; where it says nothing of who holds something, the page says nothing
    ///   either.
    init(_ assignment: Assignment, legs: [Leg], as told: HistoryReplay) {
        state = assignment.state
        isTombstone = assignment.isTombstone
        issuer = assignment.issuer
        post = told.post == nil ? nil : assignment.post
        acceptedAt = assignment.acceptedAt
        completedAt = assignment.completedAt
        rework = assignment.rework
        for leg in legs {
            let isTold = told.legs[leg.id]?.post != nil
            self.legs[leg.id] = LegStanding(state: leg.state, post: isTold ? leg.post : nil)
        }
        asker = told.asker
        isAnswered = told.isAnswered
    }

    /// Who is asked about an assignment that `post` holds.
    func superior(of post: PostAddress, in organization: Organization) -> PostAddress? {
        switch asker {
        case nil: nil
        case .holder?: organization.superior(of: post)
        case .superior(let below)?: organization.superior(of: below)
        }
    }

    /// The page in words, legs in order.
    var description: String {
        func named<T>(_ name: String, _ value: T?) -> String? { value.map { "\(name) \($0)" } }
        let marks = [
            isTombstone ? "tombstone" : nil, named("issued by", issuer), named("held by", post),
            named("accepted at", acceptedAt), named("completed at", completedAt),
        ]
        let below = legs.sorted { $0.key.text < $1.key.text }.map { id, leg in
            "\(id) \(leg.state)" + (leg.post.map { " by \($0)" } ?? "")
        }
        let words = [state?.rawValue ?? "nothing"] + marks.compactMap(\.self) + ["rework \(rework)"] + below
        return words.joined(separator: ", ")
    }
}

//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// What an issuer hears from below.
extension Decider {
    /// A report of a leg's holder.
    mutating func receiveReport(_ id: AssignmentID, _ body: ReportBody, _ event: HistoryEntry.Event, _ mail: Mail) {
        guard let parentID = id.parent else { return bury("\(id) is a work order; it reports to nobody") }
        guard let parent = page.parent, let leg = page.leg else { return wait(for: parentID) }
        guard parent.post == mail.target, leg.post == mail.source else {
            return ignore("a report of \(id) by a post that does not hold it", on: parentID, by: mail.source)
        }
        takeOver(body, event, leg, parent, mail)
    }

    /// Takes a report over into the leg and its parent, and rolls up.
    mutating func takeOver(
        _ body: ReportBody,
        _ event: HistoryEntry.Event,
        _ known: Leg,
        _ parent: Assignment,
        _ mail: Mail
    ) {
        var (parent, leg) = (parent, known)
        // Progress is no change of state and so has the revision of the last one; every other report has its own.
        guard body.revision > leg.revision || (event == .legProgressed && body.revision == leg.revision) else {
            return ignore("\(event.rawValue) of \(leg.id) was overtaken", on: parent.id, by: mail.source)
        }
        leg.revision = body.revision
        // The issuer's recall or sign-off and the holder's report can cross on the way. The holder decides its own
        // state until the recall reaches it, so its completion stands; anything less is about to be recalled.
        if leg.state.isFinal, leg.state != .recalled || body.state != .completed {
            save(leg)
            return ignore(
                "\(event.rawValue) of \(leg.id) when it was \(leg.state.rawValue)",
                on: parent.id,
                by: mail.source
            )
        }
        // Progress that overtakes the news of a change brings that news too: the history alone tells the leg's state.
        if event == .legProgressed, body.state != leg.state {
            let news: HistoryEntry.Event =
                switch body.state {
                case .issued: .legIssued
                case .escalated: .legEscalated
                default: .legAcknowledged
                }
            record(news, on: parent.id, by: mail.source, leg: leg.id)
        }
        move(&leg, to: body.state, in: &parent)
        record(event, on: parent.id, by: mail.source, leg: leg.id, note: body.note)
        if let order = page.order { rollUp(&parent, order) }
        save(parent)
    }
}

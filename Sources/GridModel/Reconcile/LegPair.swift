//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// A leg on its issuer's page beside the same assignment on its holder's.
package struct LegPair: Hashable, Sendable {
    /// The leg.
    package var leg: Leg
    /// The post that issued it.
    package var issuer: PostAddress
    /// The work order.
    package var order: WorkOrder
    /// The assignment; nil when it is not in this state file.
    package var holder: Assignment?
    /// Whether the holder's page belongs into this state file, or into another node's.
    package var isHosted: Bool

    /// Creates a pair.
    package init(leg: Leg, issuer: PostAddress, order: WorkOrder, holder: Assignment?, isHosted: Bool = true) {
        self.leg = leg
        self.issuer = issuer
        self.order = order
        self.holder = holder
        self.isHosted = isHosted
    }

    /// The mail that brings the two to agree, or leads there; nil when they do.
    ///
    /// | leg | holder | mail |
    /// |---|---|---|
    /// | open | none, or another node's | `issued` |
    /// | recalled | none, or another node's | `recalled` |
    /// | completed by sign-off | another node's | `signedOff` |
    /// | open | ahead | the holder's report |
    /// | open | behind, or elsewhere at the same revision | `issued`; the holder steps ahead and reports |
    /// | accepted | submitted, same revision | `reworkRequested` |
    /// | completed | submitted | `signedOff` |
    /// | completed, returned, recalled | open | `recalled` |
    /// | recalled | completed, ahead | `completed` |
    ///
    /// - Parameter now: When a leg that never arrived counts as issued: its time to be acknowledged begins anew.
    package func missing(at now: Instant) -> MissingMail? {
        guard let holder else {
            if leg.state == .recalled { return toHolder(.recalled(NoteBody())) }
            if leg.state == .completed, !isHosted, order.signOff.contains(leg.post.role) {
                return toHolder(.signedOff(ReplyBody(revision: leg.revision)))
            }
            return leg.state.isFinal ? nil : toHolder(issued(at: now))
        }
        let (seen, actual) = (leg.standing, holder.standing)
        if seen.agrees(with: actual) { return nil }
        if actual.state.isFinal || !seen.state.isFinal, actual.revision > seen.revision {
            return MissingMail(source: leg.post, target: issuer, assignment: leg.id, body: holder.restatement)
        }
        if seen.asksForRework(of: actual) { return toHolder(.reworkRequested(ReplyBody(revision: actual.revision))) }
        if seen.state == .completed, actual.state == .submitted {
            return toHolder(.signedOff(ReplyBody(revision: actual.revision)))
        }
        return toHolder(seen.state.isFinal ? .recalled(NoteBody()) : issued(at: now))
    }

    private func toHolder(_ body: MailBody) -> MissingMail {
        MissingMail(source: issuer, target: leg.post, assignment: leg.id, body: body)
    }

    private func issued(at now: Instant) -> MailBody {
        .issued(
            IssuedBody(
                order: order,
                area: leg.area,
                issuedAt: now,
                acceptBy: order.acceptBy(ofLegIssuedAt: now),
                dueAt: order.dueAt,
                seen: leg.standing
            )
        )
    }
}

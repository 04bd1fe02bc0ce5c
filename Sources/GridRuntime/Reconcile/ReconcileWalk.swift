//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore

/// What a round walks through, one kind of disagreement after the other.
enum ReconcileWalk: CaseIterable, Sendable {
    case unsettledLegs, settledLegs, signedOffElsewhere, escalated, overtaken, answeredElsewhere

    /// Where a walk has come to.
    enum Position: Sendable {
        case assignment(AssignmentID)
        case escalation(EscalationPosition)
    }

    /// One page of a walk.
    struct Page: Sendable {
        var missing: [MissingMail]
        /// Where to go on; nil at the end.
        var next: Position?
    }

    /// Looks at the next page.
    ///
    /// - Parameters:
    ///   - position: Where to go on; nil for the beginning.
    ///   - limit: How many rows at most.
    ///   - isHosted: Whether a post's page belongs into this state file.
    func page(
        after position: Position?,
        in scope: ReconcileScope,
        limit: Int,
        now: Instant,
        store: some StoreQueries,
        isHosted: (PostAddress) -> Bool
    ) throws -> Page {
        switch self {
        case .unsettledLegs:
            Self.page(
                try store.unsettledLegs(in: scope, after: position?.assignment, limit: limit),
                scope,
                now,
                isHosted
            )
        case .settledLegs:
            Self.page(try store.settledLegs(in: scope, after: position?.assignment, limit: limit), scope, now, isHosted)
        case .signedOffElsewhere:
            Self.page(
                try store.signedOffElsewhere(in: scope, after: position?.assignment, limit: limit),
                scope,
                now,
                isHosted
            )
        case .escalated:
            Self.page(
                try store.escalatedPairs(in: scope, after: position?.assignment, limit: limit),
                Position.assignment
            ) { pair in
                guard let mail = pair.missing else { return nil }
                return isHosted(mail.target) || scope.remoteSince != nil ? mail : nil
            }
        case .overtaken:
            Self.page(
                try store.overtakenEscalations(in: scope, after: position?.escalation, limit: limit),
                Position.escalation
            ) { $0.escalation.missingWithdrawal(by: $0.holder) }
        case .answeredElsewhere:
            Self.page(
                try store.answeredElsewhere(in: scope, after: position?.escalation, limit: limit),
                Position.escalation
            ) { isHosted($0.holder) ? nil : $0.missingAnswer }
        }
    }

    private static func page(
        _ page: ReconcilePage<LegPair, AssignmentID>,
        _ scope: ReconcileScope,
        _ now: Instant,
        _ isHosted: (PostAddress) -> Bool
    ) -> Page {
        Self.page(page, Position.assignment) { pair in
            var pair = pair
            pair.isHosted = isHosted(pair.leg.post)
            // That a page of another node is not here says nothing; it is told again only where that is asked for.
            guard pair.holder != nil || pair.isHosted || scope.remoteSince != nil else { return nil }
            return pair.missing(at: now)
        }
    }

    private static func page<Item, Key>(
        _ page: ReconcilePage<Item, Key>,
        _ position: (Key) -> Position,
        _ missing: (Item) -> MissingMail?
    ) -> Page {
        Page(missing: page.items.compactMap(missing), next: page.next.map(position))
    }
}

extension ReconcileWalk.Position {
    fileprivate var assignment: AssignmentID? {
        if case .assignment(let id) = self { id } else { nil }
    }

    fileprivate var escalation: EscalationPosition? {
        if case .escalation(let position) = self { position } else { nil }
    }
}

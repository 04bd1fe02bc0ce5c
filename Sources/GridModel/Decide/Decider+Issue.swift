//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

extension Decider {
    /// Issue 下达, at the top: the work order becomes the root assignment, accepted by whoever issued it.
    mutating func issue(_ draft: OrderDraft, by issuer: PostAddress) {
        let result: OrderCheck.Result
        do {
            result = try OrderCheck.check(
                draft,
                issuer: issuer,
                number: page.lastNumber + 1,
                organization: organization,
                now: now
            )
        } catch {
            guard case .command(let command) = message else { return }
            return refuse(.invalid, error.texts.joined(separator: "; "), command)
        }
        let order = result.order
        let id = AssignmentID(rootOf: order.id)
        var root = Assignment(
            id: id,
            post: issuer,
            issuer: nil,
            area: issuer.code,
            state: .accepted,
            acceptBy: order.acceptBy,
            dueAt: order.dueAt,
            issuedAt: now,
            updatedAt: now
        )
        root.acceptedAt = now
        save(order)
        record(.issued, on: id, by: issuer)
        record(.acknowledged, on: id, by: issuer)
        startTimers(of: root)
        change(.cancel(id, .acceptUrge))
        change(.cancel(id, .acceptExpired))
        issueLegs(of: &root, order, to: result.targets.map { ($0, $0.code) })
        save(root)
    }

    /// Issues the legs that a cascade asks of the holder of `assignment`, if it asks any.
    mutating func cascade(_ assignment: inout Assignment, _ order: WorkOrder) {
        guard let level = organization.level(of: assignment.post),
            let index = organization.levels.firstIndex(of: level),
            let last = organization.workLevel(role: order.cascade.to), index < last
        else { return }
        let posts = organization.posts(below: assignment.post, in: assignment.area)
        issueLegs(of: &assignment, order, to: posts.map { ($0, $0.code) })
    }

    /// Issues legs, numbering on from the last ordinal.
    mutating func issueLegs(of parent: inout Assignment, _ order: WorkOrder, to posts: [(PostAddress, UnitCode)]) {
        for (post, area) in posts {
            let leg = Leg(id: parent.id.leg(parent.legs.total + 1), post: post, area: area)
            parent.legs.issued += 1
            save(leg)
            record(.legIssued, on: parent.id, by: parent.post, leg: leg.id)
            let body = IssuedBody(
                order: order,
                area: area,
                issuedAt: now,
                acceptBy: order.acceptBy(ofLegIssuedAt: now),
                dueAt: order.dueAt
            )
            send(.issued(body), about: leg.id, from: parent.post, to: post)
        }
    }
}

extension WorkOrder {
    /// Until when a leg issued at `instant` is to be acknowledged.
    ///
    /// A leg issued after the order's own limit (a late acceptance, a reassignment) gets the same time anew, or it
    /// would be escalated before anybody could have seen it.
    package func acceptBy(ofLegIssuedAt instant: Instant) -> Instant? {
        guard let acceptBy, acceptBy <= instant else { return acceptBy }
        let anew = instant.adding(milliseconds: acceptBy.milliseconds - issuedAt.milliseconds)
        if let dueAt, dueAt > instant { return min(anew, dueAt) }
        return anew
    }
}

//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Who would get a work order if it were issued now: its dry run.
package struct OrderPlan: Sendable {
    /// The work order as it would read.
    package let order: WorkOrder
    /// The posts that would get an assignment, level by level from the top, each level sorted by code.
    package let levels: [[PostAddress]]

    /// Plans an order.
    ///
    /// - Throws: `Refusal`, with what issuing it would be refused for.
    package init(
        _ draft: OrderDraft,
        issuer: PostAddress,
        in organization: Organization,
        at now: Instant
    ) throws(Refusal) {
        let result: OrderCheck.Result
        do {
            result = try OrderCheck.check(draft, issuer: issuer, number: 1, organization: organization, now: now)
        } catch {
            throw Refusal(.invalid, error.texts.joined(separator: "; "))
        }
        order = result.order
        var levels = [result.targets]
        let last = organization.workLevel(role: draft.cascade.to)
        while let last, let above = levels.last, let post = above.first, let level = organization.level(of: post),
            let index = organization.levels.firstIndex(of: level), index < last
        {
            let below = above.flatMap { organization.posts(below: $0, in: $0.code) }
            guard !below.isEmpty else { break }
            levels.append(below)
        }
        self.levels = levels
    }
}

//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore

extension BenchStage {
    /// The legs of one past order.
    private static let legsOfOrder = 1_000

    /// Gives the state file a past: so many completed assignments of earlier orders, spread over all posts, each with
    /// its line of history and the message that made it.
    func addPast(assignments: Int) async throws {
        let posts = organization.units.map(\.post)
        guard let issuer = organization.top?.post, !posts.isEmpty else { return }
        let now = WallClock.system.now
        for start in stride(from: 0, to: assignments, by: Self.legsOfOrder) {
            let day = CalendarDay(of: now.adding(milliseconds: -86_400_000), offsetMinutes: 0)
            let order = OrderID(issuer: issuer.code, day: day, number: start / Self.legsOfOrder)
            try await store.write { store in
                for index in start..<min(start + Self.legsOfOrder, assignments) {
                    let post = posts[index % posts.count]
                    let id = AssignmentID(rootOf: order).leg(index - start + 1)
                    guard let cause = MessageID("past-\(index)") else { continue }
                    var assignment = Assignment(
                        id: id,
                        post: post,
                        issuer: issuer,
                        area: post.code,
                        state: .completed,
                        issuedAt: now,
                        updatedAt: now
                    )
                    assignment.completedAt = now
                    var decision = Decision()
                    decision.assignment = assignment
                    decision.history = [
                        HistoryEntry(assignment: id, event: .completed, at: now, actor: post, cause: cause)
                    ]
                    _ = try store.admit(cause, source: post.text, at: now)
                    try store.apply(decision)
                }
            }
        }
    }
}

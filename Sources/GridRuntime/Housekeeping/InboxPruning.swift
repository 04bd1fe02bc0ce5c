//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore

/// Forgets messages that were handled long ago.
///
/// What a broker delivers again comes as soon as its mailbox is served, and what a sender sends again as soon as it runs; so
/// what is forgotten is older than a node is ever away.
struct InboxPruning: Chore {
    /// How long a message is remembered: 90 days, in milliseconds.
    static let memory: Int64 = 90 * 86_400_000
    /// The most messages that one transaction forgets, so that those that arrive do not wait for it.
    static let chunk = 500

    let store: StateFile
    let name = "Messages handled long ago forgotten"

    func run(at now: Instant) async throws -> Int {
        let instant = now.adding(milliseconds: -Self.memory)
        var count = 0
        var forgotten: Int
        repeat {
            forgotten = try await store.write { try $0.forgetInbox(before: instant, limit: Self.chunk) }
            count += forgotten
        } while forgotten == Self.chunk
        return count
    }
}

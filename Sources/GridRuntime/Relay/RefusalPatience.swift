//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Synchronization

/// How often in a row a channel is given up because the broker refused messages on it.
///
/// A queue that chooses another leader refuses for a second or two, and goes on refusing on the channel that saw it do
/// so; a new one cures that. A queue that is full by a policy refuses on every channel, and one connection after the other
/// would hold up what goes to all others.
final class RefusalPatience: Sendable {
    /// So many channels in a row are given up; with the back-off between them more than ten seconds.
    static let most = 10
    /// After so long without a refusal, the next one counts as the first.
    static let memory = Duration.seconds(120)

    private struct State {
        var count = 0
        var lastAt: ContinuousClock.Instant?
    }

    private let state = Mutex(State())

    /// Notes a refusal.
    ///
    /// - Returns: Whether the channel is to be given up; if not, the messages wait for their lease to end.
    func note(at now: ContinuousClock.Instant = .now) -> Bool {
        state.withLock { state in
            if let last = state.lastAt, now - last > Self.memory { state.count = 0 }
            state.lastAt = now
            state.count = min(state.count + 1, Self.most + 1)
            return state.count <= Self.most
        }
    }
}

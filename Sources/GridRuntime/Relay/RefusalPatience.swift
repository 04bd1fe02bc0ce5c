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
    /// So many channels in a row are given up; the supervisor's waits between them add up to 5.5 to 11 s.
    static let most = 10
    /// So long after the last channel was given up, the next refusal counts as the first, although one queue may have
    /// refused all the while: another may have chosen a leader since, and be refused on this channel only.
    static let memory = Duration.seconds(120)

    private struct State {
        var count = 0
        var givenUpAt: ContinuousClock.Instant?
    }

    private let state = Mutex(State())

    /// Notes a refusal.
    ///
    /// - Returns: Whether the channel is to be given up; if not, the messages wait for their lease to end.
    func note(at now: ContinuousClock.Instant = .now) -> Bool {
        state.withLock { state in
            if let last = state.givenUpAt, now - last > Self.memory { state.count = 0 }
            guard state.count < Self.most else { return false }
            state.count += 1
            state.givenUpAt = now
            return true
        }
    }
}

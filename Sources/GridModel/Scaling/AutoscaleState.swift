//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// That a mailbox has another number of workers from now on.
package struct AutoscaleDecision: Hashable, Sendable {
    /// How many.
    package var workers: Int
    /// Why, in words.
    package var reason: String
    /// Since when.
    package var at: Instant

    /// Creates a decision.
    package init(workers: Int, reason: String, at: Instant) {
        self.workers = workers
        self.reason = reason
        self.at = at
    }
}

/// How many workers a mailbox has by its policy, and what has to be remembered so that the number does not swing.
///
/// Damped as Kubernetes does it by default: what is a tenth from the aim at most changes nothing; workers are raised by as
/// many as there are, or by four, once in 15 seconds; they are lowered to the most that was wanted in the last five minutes.
/// The first worker of a mailbox that has none comes at once.
package struct AutoscaleState: Hashable, Sendable {
    /// How many workers may always be added in one step.
    static let leastStep = 4
    /// How long there is between two steps up, in milliseconds.
    static let stepMilliseconds: Int64 = 15_000
    /// For how long more must not have been wanted before workers are taken away, in milliseconds.
    static let windowMilliseconds: Int64 = 300_000

    private struct Wish: Hashable, Sendable {
        var workers: Int
        var at: Instant
    }

    /// How many workers there are.
    package private(set) var workers: Int
    private var raisedAt: Instant?
    /// What was wanted in the window, as far as it may still be the most: each less than the one before it.
    private var wishes: [Wish]

    /// Creates the state of a mailbox that has so many workers, wherever that comes from: they were wanted until now.
    package init(workers: Int, at now: Instant) {
        self.workers = workers
        wishes = [Wish(workers: workers, at: now)]
    }

    /// Decides whether the number changes.
    ///
    /// - Returns: The new number; nil when it stays.
    package mutating func decide(
        by policy: AutoscalePolicy,
        _ sample: AutoscaleSample,
        at now: Instant
    ) -> AutoscaleDecision? {
        let within = policy.bounded(workers)
        if within != workers {
            self = AutoscaleState(workers: within, at: now)
            let reason = "the policy allows \(policy.minimum) to \(policy.maximum)"
            return AutoscaleDecision(workers: within, reason: reason, at: now)
        }
        let demand = AutoscaleDemand(of: policy, sample, current: workers)
        let wanted = wish(of: demand, by: policy)
        note(wanted, at: now)
        if wanted > workers { return raise(to: wanted, because: demand.reason, at: now) }
        let most = wishes.first?.workers ?? wanted
        guard wanted < workers, most < workers else { return nil }
        workers = most
        let reason =
            "\(demand.reason); no more than \(most) were wanted for \(Self.windowMilliseconds / 60_000) minutes"
        return AutoscaleDecision(workers: most, reason: reason, at: now)
    }

    private func wish(of demand: AutoscaleDemand, by policy: AutoscalePolicy) -> Int {
        if policy.minimum == 0, !demand.isActive { return 0 }
        if workers == 0 { return policy.fewest }
        return min(max(demand.workers ?? workers, policy.fewest), policy.maximum)
    }

    private mutating func note(_ wanted: Int, at now: Instant) {
        // What lies ahead was noted before the clock was set back.
        wishes.removeAll { $0.at > now || now.milliseconds - $0.at.milliseconds >= Self.windowMilliseconds }
        while let last = wishes.last, last.workers <= wanted { wishes.removeLast() }
        wishes.append(Wish(workers: wanted, at: now))
    }

    private mutating func raise(to wanted: Int, because reason: String, at now: Instant) -> AutoscaleDecision? {
        if let raisedAt, raisedAt <= now, now.milliseconds - raisedAt.milliseconds < Self.stepMilliseconds {
            return nil
        }
        workers = workers == 0 ? wanted : min(wanted, max(2 * workers, workers + Self.leastStep))
        raisedAt = now
        return AutoscaleDecision(workers: workers, reason: reason, at: now)
    }
}

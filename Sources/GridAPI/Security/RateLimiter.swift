//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Synchronization

/// Admits so many requests a second for each key, with a reserve for bursts.
///
/// Keys are remembered while their reserve is not full, at most `capacity` of them; those beyond share one reserve, so
/// neither memory nor what gets through can be driven up by inventing keys.
final class RateLimiter: Sendable {
    private struct Reserve {
        var level: Double
        var at: ContinuousClock.Instant
    }

    private let perSecond: Double
    private let burst: Double
    private let capacity: Int
    private let reserves = Mutex<[String: Reserve]>([:])

    /// The key that keys beyond the capacity share.
    private static let overflow = ""

    init(perSecond: Double, burst: Double, capacity: Int = 10_000) {
        self.perSecond = perSecond
        self.burst = burst
        self.capacity = capacity
    }

    /// Takes one request off a key's reserve.
    ///
    /// - Returns: nil when it is admitted, or how long to wait.
    func admit(_ key: String, at now: ContinuousClock.Instant = .now) -> Duration? {
        reserves.withLock { reserves in
            var key = key
            if reserves[key] == nil, reserves.count >= capacity {
                reserves = reserves.filter { level(of: $0.value, at: now) < burst }
                if reserves.count >= capacity { key = Self.overflow }
            }
            let left = reserves[key].map { level(of: $0, at: now) } ?? burst
            guard left >= 1 else { return .seconds((1 - left) / perSecond) }
            reserves[key] = Reserve(level: left - 1, at: now)
            return nil
        }
    }

    /// How many keys are remembered.
    var count: Int { reserves.withLock(\.count) }

    private func level(of reserve: Reserve, at now: ContinuousClock.Instant) -> Double {
        min(burst, reserve.level + (now - reserve.at) / .seconds(1) * perSecond)
    }
}

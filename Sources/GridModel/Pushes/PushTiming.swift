//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// When a person wants to be told.
package struct PushTiming: Hashable, Sendable {
    /// How long a digest may gather, in minutes.
    package static let digestRange = 0...1_440

    /// When only what is urgent is told.
    package var quiet: QuietHours?
    /// For how many minutes what happens is gathered into one message; 0 for none.
    package var digestMinutes: Int

    /// Creates a timing; without arguments, at once and at any hour.
    package init(quiet: QuietHours? = nil, digestMinutes: Int = 0) {
        self.quiet = quiet
        self.digestMinutes = digestMinutes
    }

    /// How long something that happens now waits, in milliseconds; nothing for what is urgent.
    ///
    /// Digests go out at the same times each day, counted from midnight: at every full hour for 60 minutes. What the end
    /// of a digest's time falls into is quiet or not, so that a digest never rings in quiet hours.
    ///
    /// - Parameters:
    ///   - isUrgent: Whether it pierces digest and quiet hours.
    ///   - timeOfDay: How far the office's clocks stand into their day, in milliseconds.
    package func wait(isUrgent: Bool, at timeOfDay: Int64) -> Int64 {
        guard !isUrgent else { return 0 }
        let minute: Int64 = 60_000
        let day = Int64(QuietHours.day) * minute
        var wait: Int64 = 0
        if digestMinutes > 0 {
            let period = Int64(digestMinutes) * minute
            // The last period of a day ends with it, however long the others are.
            wait = min(timeOfDay / period * period + period, day) - timeOfDay
        }
        let then = (timeOfDay + wait) % day
        if let left = quiet?.minutesLeft(at: Int(then / minute)) { wait += Int64(left) * minute - then % minute }
        return wait
    }
}

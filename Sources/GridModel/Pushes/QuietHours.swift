//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// The hours in which a person is told only what is urgent, by the office's clocks: from a time of day to another, which
/// may be the next day's.
package struct QuietHours: Hashable, Sendable, CustomStringConvertible {
    /// The minutes of a day.
    static let day = 1_440

    /// When they begin, in minutes of the day.
    package let from: Int
    /// When they end, in minutes of the day; never when they begin.
    package let to: Int

    /// Creates quiet hours; nil unless both are times of a day, and two.
    package init?(from: Int, to: Int) {
        guard (0..<Self.day).contains(from), (0..<Self.day).contains(to), from != to else { return nil }
        self.from = from
        self.to = to
    }

    /// Reads `22:00-07:00`; nil when it is not that.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let from = Self.minute(parts[0]), let to = Self.minute(parts[1]) else { return nil }
        self.init(from: from, to: to)
    }

    /// How many minutes they still last at a minute of the day; nil when they do not last then.
    package func minutesLeft(at minute: Int) -> Int? {
        let (since, length) = ((minute - from + Self.day) % Self.day, (to - from + Self.day) % Self.day)
        return since < length ? length - since : nil
    }

    package var description: String { "\(Self.text(from))-\(Self.text(to))" }

    private static func minute(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }), let hour = Int(parts[0]),
            let minute = Int(parts[1]), (0..<24).contains(hour), (0..<60).contains(minute)
        else { return nil }
        return hour * 60 + minute
    }

    private static func text(_ minute: Int) -> String {
        "\(Int64(minute / 60).padded(to: 2)):\(Int64(minute % 60).padded(to: 2))"
    }
}

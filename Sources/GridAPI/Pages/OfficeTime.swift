//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridPages
import GridRuntime

/// Times as the office's clocks show them.
struct OfficeTime: Sendable {
    private static let minute: Int64 = 60_000
    private static let hour = 60 * minute
    private static let day = 24 * hour

    let now: Instant
    let zone: OfficeZone
    let texts: Catalogue

    /// An instant as people read it; the year is left out where it is this one.
    func text(_ instant: Instant) -> String {
        let (year, month, day) = zone.day(of: instant).components
        let time = zone.timeOfDay(at: instant)
        let key = year == zone.day(of: now).components.year ? "dateTime" : "dateTimeFar"
        return texts(
            key,
            [
                "year": "\(year)", "month": "\(month)", "day": "\(day)", "month2": Self.two(month),
                "day2": Self.two(day), "clock": "\(Self.two(time / Self.hour)):\(Self.two(time / Self.minute % 60))",
            ]
        )
    }

    /// An instant as files have it: `2026-11-23 18:00`.
    func stamp(_ instant: Instant) -> String {
        let time = zone.timeOfDay(at: instant)
        return "\(zone.day(of: instant)) \(Self.two(time / Self.hour)):\(Self.two(time / Self.minute % 60))"
    }

    /// An instant as the office's clock shows it, in milliseconds since 1970-01-01 of that clock.
    func local(_ instant: Instant) -> Int64 {
        zone.reading(at: instant).milliseconds
    }

    /// A note as people read it: what the rules wrote in the page's language, what somebody wrote as it is.
    func note(_ written: String) -> String {
        switch SystemNote(text: written) {
        case nil: written
        case .timeNearlyOver: texts("noteTimeNearlyOver")
        case .notAcknowledged(let time?): texts("noteNotAcknowledged", ["time": text(time)])
        case .notAcknowledged(nil): texts("noteNotAcknowledgedByDeadline")
        case .notDone(let time?): texts("noteNotDone", ["time": text(time)])
        case .notDone(nil): texts("noteNotDoneByDeadline")
        case .settledByHolder: texts("noteSettledByHolder")
        case .escalatedAgain: texts("noteEscalatedAgain")
        }
    }

    /// How long something takes, in its two largest units; never less than a minute.
    func span(_ milliseconds: Int64) -> String {
        let units = [("days", Self.day), ("hours", Self.hour), ("minutes", Self.minute)]
        var rest = max(Self.minute, milliseconds)
        var parts: [String] = []
        for (name, unit) in units {
            if rest >= unit { parts.append(texts(name, ["count": "\(rest / unit)"])) } else if !parts.isEmpty { break }
            rest %= unit
        }
        return parts.prefix(2).joined(separator: " ")
    }

    /// The limit of an item that is to be acknowledged or done, with its light; nil where there is none.
    func light(of item: Assignment) -> LightView? {
        let acceptBy = item.acceptLimit(at: now)
        guard [.issued, .accepted, .escalated].contains(item.state), let limit = acceptBy ?? item.dueAt else {
            return nil
        }
        let left = limit.milliseconds - now.milliseconds
        let light = AssignmentView.light(of: item, at: now).rawValue
        let words = acceptBy == nil ? ("dueIn", "dueAgo") : ("acceptIn", "acceptAgo")
        return LightView(
            lightKind: light,
            lightText: texts("light", of: light),
            lightTime: texts(left >= 0 ? words.0 : words.1, ["time": text(limit), "span": span(abs(left))])
        )
    }

    /// A day and a time of day that somebody chose, `2026-11-23` and `18:00`; the last minute of the day where no time is
    /// given, and nil when it is no day, or no time.
    static func end(ofDay text: String, at clock: String? = nil, in zone: OfficeZone) -> Instant? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int64($0) }
        guard parts.count == 3, let year = parts[0], let month = parts[1], let number = parts[2],
            let date = CalendarDay(year: year, month: month, day: number)
        else { return nil }
        guard let clock, !clock.isEmpty else { return zone.end(of: date) }
        // Browsers leave the seconds out, or send them too.
        let numbers = clock.split(separator: ":", omittingEmptySubsequences: false).map { Int64($0) }
        guard (2...3).contains(numbers.count), let hours = numbers[0], let minutes = numbers[1],
            (0..<24).contains(hours), (0..<60).contains(minutes)
        else { return nil }
        return zone.instant(on: date, at: hours * hour + minutes * minute)
    }

    /// Today, as the field for a date takes it.
    var today: String { zone.day(of: now).description }

    private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

/// A deadline's light, in words too; names as in `light.mustache`.
struct LightView: Sendable {
    let lightKind: String
    let lightText: String
    let lightTime: String
}

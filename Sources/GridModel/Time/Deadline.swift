//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// A deadline as an order file states it: an instant, or a time from the moment of issue.
package enum Deadline: Hashable, Sendable {
    /// A fixed instant, `2026-12-01T18:00:00+08:00`.
    case at(Instant)
    /// So many milliseconds after the order is issued, `P14D` or `PT48H`.
    case after(milliseconds: Int64)

    /// The instant the deadline means for an order issued at `issue`.
    package func instant(from issue: Instant) -> Instant {
        switch self {
        case .at(let instant): instant
        case .after(let milliseconds): issue.adding(milliseconds: milliseconds)
        }
    }

    /// Parses an RFC 3339 instant or an ISO 8601 duration of days, hours, minutes and seconds.
    package init?(_ text: String) {
        if let instant = Instant(rfc3339: text) {
            self = .at(instant)
        } else if let milliseconds = Self.duration(text) {
            self = .after(milliseconds: milliseconds)
        } else {
            return nil
        }
    }

    /// The longest duration a deadline may state: ten years and a week, in milliseconds.
    private static let longest: Int64 = 3_660 * 86_400_000

    /// A designator of a duration, and the milliseconds one of it has.
    private typealias Designator = (letter: Character, milliseconds: Int64)

    private static let ofDate: [Designator] = [("D", 86_400_000)]
    private static let ofTime: [Designator] = [("H", 3_600_000), ("M", 60_000), ("S", 1_000)]

    /// Milliseconds in `PnDTnHnMnS` (ISO 8601-1, 5.5.2), at most `longest`; nil when it is anything else.
    private static func duration(_ text: String) -> Int64? {
        guard text.utf8.count <= 32, text.hasPrefix("P") else { return nil }
        let halves = text.dropFirst().split(separator: "T", omittingEmptySubsequences: false)
        guard let date = halves.first, halves.count <= 2 else { return nil }
        // Only the half before the T may be empty, and only when the T is there.
        guard halves.count == 2 || !date.isEmpty, halves.count == 1 || !halves[1].isEmpty,
            let days = sum(of: date, ofDate), let time = halves.count == 2 ? sum(of: halves[1], ofTime) : 0
        else { return nil }
        return days + time <= longest ? days + time : nil
    }

    /// Adds up the numbers before the designators, each of which may come once and only in the order given.
    private static func sum(of half: Substring, _ designators: [Designator]) -> Int64? {
        var total: Int64 = 0
        var rest = half
        for designator in designators {
            let number = rest.prefix { $0.isASCII && $0.isNumber }
            guard !number.isEmpty, rest.dropFirst(number.count).first == designator.letter else { continue }
            // As many seconds as `longest` has: no sum of three such numbers of any unit overflows.
            guard let value = Int64(number), value <= longest / 1_000 else { return nil }
            total += value * designator.milliseconds
            rest = rest.dropFirst(number.count + 1)
        }
        return rest.isEmpty ? total : nil
    }
}

extension Deadline: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let deadline = Deadline(text) else {
            throw DecodingError.misfit(
                "a deadline is a time like 2026-12-01T18:00:00+08:00 or a duration like P14D or PT48H",
                at: decoder.codingPath
            )
        }
        self = deadline
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .at(let instant): try container.encode(instant)
        case .after(let milliseconds): try container.encode("PT\(milliseconds / 1_000)S")
        }
    }
}

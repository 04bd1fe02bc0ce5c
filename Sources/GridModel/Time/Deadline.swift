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

    /// Milliseconds in `PnDTnHnMnS` (ISO 8601-1, 5.5.2), at most ten years; nil when it is anything else.
    private static func duration(_ text: String) -> Int64? {
        guard text.utf8.count <= 32, text.hasPrefix("P") else { return nil }
        let halves = text.dropFirst().split(separator: "T", omittingEmptySubsequences: false)
        guard halves.count <= 2, let date = halves.first else { return nil }
        var total: Int64 = 0
        var found = false
        for (half, units) in zip([date, halves.count == 2 ? halves[1] : ""], [["D"], ["H", "M", "S"]]) {
            var rest = half
            for unit in units {
                let number = rest.prefix { $0.isASCII && $0.isNumber }
                guard !number.isEmpty, rest.dropFirst(number.count).first.map(String.init) == unit else { continue }
                guard let value = Int64(number), value <= 315_360_000, let scale = scales[unit] else { return nil }
                total += value * scale
                rest = rest.dropFirst(number.count + 1)
                found = true
            }
            guard rest.isEmpty else { return nil }
        }
        if halves.count == 2, halves[1].isEmpty { return nil }
        return found && total <= 3_660 * 86_400_000 ? total : nil
    }

    private static let scales: [String: Int64] = ["D": 86_400_000, "H": 3_600_000, "M": 60_000, "S": 1_000]
}

extension Deadline: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let deadline = Deadline(text) else {
            throw DecodingError.dataCorruptedError(
                in: container,
                debugDescription: "a deadline is a time like 2026-12-01T18:00:00+08:00 or a duration like P14D or PT48H")
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
